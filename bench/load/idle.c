// Opens tunnels, holds them, and closes them: what they cost in memory, and whether it is given back.
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

int idle_main(char **argv)
{
    path to = read_path(argv);
    int count = atoi(argv[4]);
    int *tunnels = calloc(count, sizeof *tunnels);
    for (int index = 0; index < count; index++) {
        char byte = ASK_ECHO;
        tunnels[index] = open_tunnel(&to);
        if (send(tunnels[index], &byte, 1, 0) != 1 || recv(tunnels[index], &byte, 1, 0) != 1)
            die("the byte there and back");
    }
    begin_measuring();
    char go;
    if (read(0, &go, 1) < 0)
        die("waiting for the word to close");
    for (int index = 0; index < count; index++)
        close(tunnels[index]);
    printf("{\"tunnels\":%d}\n", count);
    wait_for_release();
    return 0;
}
