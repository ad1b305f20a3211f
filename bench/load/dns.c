// Answers every question for A with one address for a minute, and every other with nothing.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "load.h"

int dns_main(char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))}, from;
    inet_pton(AF_INET, argv[0], &address.sin_addr);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address))
        die("binding the DNS port");
    while (true) {
        uint8_t message[512];
        socklen_t length = sizeof from;
        ssize_t count = recvfrom(fd, message, sizeof message - 16, 0, (struct sockaddr *)&from, &length);
        ssize_t end = 12;
        while (end < count && message[end] != 0)
            end += message[end] + 1;
        end += 5;
        if (count < 17 || end > count)
            continue;
        bool is_a = message[end - 3] == 1;
        memcpy(message + 2, "\x81\x80\0\1\0\0\0\0\0\0", 10);
        message[7] = is_a;
        if (is_a) {
            memcpy(message + end, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4", 12);
            inet_pton(AF_INET, argv[2], message + end + 12);
            end += 16;
        }
        sendto(fd, message, end, 0, (struct sockaddr *)&from, length);
    }
}
