// The far end: one epoll loop that echoes, sends, swallows or streams, as the first byte asks.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

enum { MAX_FD = 65536, SLOTS = 256, SLOT_MS = 1 };

static struct connection { char asked; int next; } connections[MAX_FD];
static int wheel[SLOTS];
static char zeros[256 * 1024];
static unsigned seed = 1;

// Streams wait in a wheel of milliseconds: a chunk each 50 to 100 ms, at random.
static void schedule(int fd, int64_t now_ms)
{
    int slot = (now_ms + 50 + rand_r(&seed) % 50) % SLOTS;
    connections[fd].next = wheel[slot];
    wheel[slot] = fd;
}

static void send_chunks(int slot, int64_t now_ms)
{
    int fd = wheel[slot];
    wheel[slot] = -1;
    while (fd >= 0) {
        int next = connections[fd].next;
        char chunk[CHUNK] = {0};
        *(int64_t *)chunk = now_ns();
        if (connections[fd].asked != ASK_STREAM || send(fd, chunk, CHUNK, 0) < 0)
            close(fd);
        else
            schedule(fd, now_ms);
        fd = next;
    }
}

static void finish(int fd)
{
    // A stream's descriptor is still in the wheel; the wheel closes it.
    if (connections[fd].asked == ASK_STREAM)
        connections[fd].asked = 0;
    else
        close(fd);
}

static void serve(int epoll, int fd, uint32_t events, int64_t now_ms)
{
    struct connection *connection = &connections[fd];
    if (events & EPOLLIN) {
        char byte;
        if (connection->asked == ASK_UP) {
            ssize_t count = recv(fd, NULL, 4 << 20, MSG_TRUNC);
            if (count == 0 || (count < 0 && errno != EAGAIN))
                finish(fd);
            return;
        }
        if (recv(fd, &byte, 1, 0) <= 0) {
            if (connection->asked == ASK_STREAM)
                epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
            finish(fd);
            return;
        }
        if (connection->asked == 0) {
            connection->asked = byte;
            if (byte == ASK_ECHO)
                send(fd, &byte, 1, 0);
            else if (byte == ASK_STREAM)
                schedule(fd, now_ms);
            else if (byte == ASK_DOWN)
                epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &(struct epoll_event){.events = EPOLLIN | EPOLLOUT, .data.fd = fd});
        }
    }
    if ((events & EPOLLOUT) && send(fd, zeros, sizeof zeros, 0) < 0 && errno != EAGAIN)
        finish(fd);
    else if ((events & (EPOLLERR | EPOLLHUP)) && !(events & EPOLLIN))
        finish(fd);
}

int origin_main(char **argv)
{
    int listener = listen_on(argv[0], atoi(argv[1]));
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
    memset(wheel, -1, sizeof wheel);
    int64_t last = now_ns() / 1000000;
    while (true) {
        struct epoll_event events[512];
        int count = epoll_wait(epoll, events, 512, SLOT_MS);
        int64_t now = now_ns() / 1000000;
        for (; last < now; last++)
            send_chunks((last + 1) % SLOTS, last + 1);
        for (int index = 0; index < count; index++) {
            int fd = events[index].data.fd;
            if (fd != listener) {
                serve(epoll, fd, events[index].events, now);
                continue;
            }
            for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                set_nodelay(client);
                connections[client].asked = 0;
                epoll_ctl(epoll, EPOLL_CTL_ADD, client, &(struct epoll_event){.events = EPOLLIN, .data.fd = client});
            }
        }
    }
}
