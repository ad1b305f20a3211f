// From exec to the first connection that is accepted.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "load.h"

int start_main(char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    inet_pton(AF_INET, argv[0], &address.sin_addr);
    int64_t start = now_ns();
    pid_t child = fork();
    if (child == 0) {
        freopen("/dev/null", "w", stderr);
        freopen("/dev/null", "w", stdout);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    while (now_ns() < start + 5000000000LL) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
            double ms = (now_ns() - start) / 1e6;
            close(fd);
            printf("{\"milliseconds\":%.2f}\n", ms);
            kill(child, SIGTERM);
            waitpid(child, NULL, 0);
            return 0;
        }
        close(fd);
        usleep(100);
    }
    fprintf(stderr, "load: nothing was accepted within five seconds\n");
    kill(child, SIGKILL);
    return 1;
}
