// Connections a second: connect, handshake, one byte there and back, close; so many clients at once.
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

enum { MAX_FD = 65536, MAX_SAMPLES = 1 << 20 };

// Each step is sent, then its answer awaited: a number of bytes, or (0) an HTTP head.
static struct step { char request[512]; int length; int answer; } steps[3];
static int step_count;
static struct client { int step; int received; char last[4]; int64_t since; } clients[MAX_FD];
static int64_t samples[MAX_SAMPLES];
static int done;

static void add_step(const void *request, int length, int answer)
{
    memcpy(steps[step_count].request, request, length);
    steps[step_count].length = length;
    steps[step_count++].answer = answer;
}

static void prepare(const path *to)
{
    char request[512];
    size_t name = strlen(to->name);
    if (to->kind == PATH_SOCKS) {
        add_step("\5\1\0", 3, 2);
        memcpy(request, "\5\1\0\3", 4);
        request[4] = (char)name;
        memcpy(request + 5, to->name, name);
        memcpy(request + 5 + name, "\0\120", 2);
        add_step(request, 7 + name, 10);
    } else if (to->kind == PATH_CONNECT) {
        add_step(request, snprintf(request, sizeof request, "CONNECT %s:80 HTTP/1.1\r\nHost: %s:80\r\n\r\n", to->name, to->name), 0);
    }
    add_step((char[]){ASK_ECHO}, 1, 1);
}

static void begin(int epoll, const path *to)
{
    int64_t since = now_ns();
    int fd = start_connect(to);
    clients[fd] = (struct client){.step = -1, .since = since};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLOUT, .data.fd = fd});
}

static bool is_answered(struct client *client, const char *bytes, int count)
{
    client->received += count;
    if (steps[client->step].answer > 0)
        return client->received >= steps[client->step].answer;
    return count >= 4 && memcmp(bytes + count - 4, "\r\n\r\n", 4) == 0;
}

// True when the connection is over and the next may begin.
static bool advance(int epoll, int fd, uint32_t events)
{
    struct client *client = &clients[fd];
    if (client->step < 0) {
        if (events & (EPOLLERR | EPOLLHUP))
            die("a connection was refused");
        epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
    } else {
        char bytes[1024];
        ssize_t count = recv(fd, bytes, sizeof bytes, 0);
        if (count <= 0) {
            fprintf(stderr, "load: a connection ended in step %d\n", client->step);
            exit(1);
        }
        if (!is_answered(client, bytes, count))
            return false;
    }
    client->received = 0;
    if (++client->step < step_count) {
        send(fd, steps[client->step].request, steps[client->step].length, 0);
        return false;
    }
    if (done < MAX_SAMPLES)
        samples[done++] = now_ns() - client->since;
    close(fd);
    return true;
}

int setups_main(char **argv)
{
    path to = read_path(argv);
    int count = atoi(argv[4]);
    double seconds = atof(argv[5]);
    prepare(&to);
    int epoll = epoll_create1(0);
    begin_measuring();
    int64_t start = now_ns(), end = start + (int64_t)(seconds * 1e9);
    for (int index = 0; index < count; index++)
        begin(epoll, &to);
    while (now_ns() < end || (done == 0 && now_ns() < end + 10000000000LL)) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, 100);
        for (int index = 0; index < ready; index++)
            if (advance(epoll, events[index].data.fd, events[index].events))
                begin(epoll, &to);
    }
    double elapsed = (now_ns() - start) / 1e9;
    qsort(samples, done, sizeof *samples, compare_int64);
    if (done == 0)
        die("no connection was set up");
    printf("{\"count\":%d,\"perSecond\":%.1f,\"p50us\":%.1f,\"p99us\":%.1f}\n",
        done, done / elapsed, samples[done / 2] / 1e3, samples[done * 99 / 100] / 1e3);
    wait_for_release();
    return 0;
}
