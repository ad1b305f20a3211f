// Bytes a second through so many tunnels, one direction.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

static char zeros[256 * 1024];

int bulk_main(char **argv)
{
    path to = read_path(argv);
    int tunnels = atoi(argv[4]);
    bool down = strcmp(argv[5], "down") == 0;
    int epoll = epoll_create1(0);
    for (int index = 0; index < tunnels; index++) {
        int fd = open_tunnel(&to);
        send(fd, &(char){down ? ASK_DOWN : ASK_UP}, 1, 0);
        set_nonblocking(fd);
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = down ? EPOLLIN : EPOLLOUT, .data.fd = fd});
    }
    int64_t bytes = 0, start = 0, end = now_ns() + 100000000;
    while (true) {
        int64_t now = now_ns();
        if (now >= end) {
            if (start != 0)
                break;
            // The first tenth of a second warms up.
            begin_measuring();
            bytes = 0;
            start = now_ns();
            end = start + (int64_t)(atof(argv[6]) * 1e9);
        }
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, 10);
        for (int index = 0; index < ready; index++) {
            int fd = events[index].data.fd;
            // MSG_TRUNC drops the bytes without a copy: the load is cheap beside what it measures.
            ssize_t count = down ? recv(fd, NULL, 1 << 20, MSG_TRUNC) : send(fd, zeros, sizeof zeros, 0);
            if (count == 0 || (count < 0 && errno != EAGAIN))
                die("a tunnel broke off");
            bytes += count > 0 ? count : 0;
        }
    }
    double seconds = (now_ns() - start) / 1e9;
    printf("{\"bytes\":%lld,\"gigabytesPerSecond\":%.4f}\n", (long long)bytes, bytes / seconds / 1e9);
    wait_for_release();
    return 0;
}
