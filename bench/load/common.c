#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "load.h"

void die(const char *attempt)
{
    fprintf(stderr, "load: %s: %s\n", attempt, strerror(errno));
    exit(1);
}

int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void raise_descriptors(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void set_nonblocking(int fd) { fcntl(fd, F_SETFL, O_NONBLOCK); }

void set_nodelay(int fd) { setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); }

static struct sockaddr_in address_of(const char *text, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
        die(text);
    return address;
}

int listen_on(const char *text, int port)
{
    struct sockaddr_in address = address_of(text, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096))
        die("listening");
    return fd;
}

path read_path(char **argv)
{
    path_kind kind = strcmp(argv[0], "socks") == 0 ? PATH_SOCKS : strcmp(argv[0], "connect") == 0 ? PATH_CONNECT : PATH_DIRECT;
    return (path){kind, argv[1], atoi(argv[2]), argv[3]};
}

int start_connect(const path *to)
{
    struct sockaddr_in address = address_of(to->address, to->port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        die("opening a socket");
    set_nodelay(fd);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        die("connecting");
    return fd;
}

static void exchange(int fd, const void *request, size_t length, size_t answer)
{
    char buffer[512];
    if (send(fd, request, length, 0) != (ssize_t)length || recv(fd, buffer, answer, MSG_WAITALL) != (ssize_t)answer)
        die("the proxy's handshake");
}

// Blocking: for tunnels that are opened before the measuring begins.
int open_tunnel(const path *to)
{
    struct sockaddr_in address = address_of(to->address, to->port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address))
        die("connecting");
    set_nodelay(fd);
    char request[512];
    if (to->kind == PATH_SOCKS) {
        exchange(fd, "\5\1\0", 3, 2);
        size_t name = strlen(to->name);
        memcpy(request, "\5\1\0\3", 4);
        request[4] = (char)name;
        memcpy(request + 5, to->name, name);
        memcpy(request + 5 + name, "\0\120", 2);
        exchange(fd, request, 7 + name, 10);
    } else if (to->kind == PATH_CONNECT) {
        int length = snprintf(request, sizeof request, "CONNECT %s:80 HTTP/1.1\r\nHost: %s:80\r\n\r\n", to->name, to->name);
        if (send(fd, request, length, 0) != length)
            die("sending CONNECT");
        for (int ends = 0; ends < 4;) {
            char next;
            if (recv(fd, &next, 1, 0) != 1)
                die("the answer to CONNECT");
            ends = next == "\r\n\r\n"[ends] ? ends + 1 : next == '\r';
        }
    }
    return fd;
}

// The runner reads the proxy's CPU and memory at this line, and again at the result's line.
void begin_measuring(void)
{
    puts("ready");
    fflush(stdout);
}

void wait_for_release(void)
{
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
}

int compare_int64(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}
