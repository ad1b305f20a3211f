// Token streams: many tunnels, each with a small chunk now and then; what counts is how late a chunk comes.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "load.h"

enum { MAX_FD = 65536, MAX_SAMPLES = 1 << 22 };

static struct stream { char chunk[CHUNK]; int have; } streams[MAX_FD];
static int64_t samples[MAX_SAMPLES];
static int count;
static bool measuring;

static void receive(int fd)
{
    struct stream *stream = &streams[fd];
    ssize_t length = recv(fd, stream->chunk + stream->have, CHUNK - stream->have, 0);
    if (length == 0 || (length < 0 && errno != EAGAIN))
        die("a stream broke off");
    stream->have += length > 0 ? length : 0;
    if (stream->have < CHUNK)
        return;
    stream->have = 0;
    if (measuring && count < MAX_SAMPLES)
        samples[count++] = now_ns() - *(int64_t *)stream->chunk;
}

static void run(int epoll, double seconds)
{
    for (int64_t end = now_ns() + (int64_t)(seconds * 1e9); now_ns() < end;) {
        struct epoll_event events[512];
        int ready = epoll_wait(epoll, events, 512, 10);
        for (int index = 0; index < ready; index++)
            receive(events[index].data.fd);
    }
}

int streams_main(char **argv)
{
    path to = read_path(argv);
    int epoll = epoll_create1(0);
    int wanted = atoi(argv[4]);
    int *opened = calloc(wanted, sizeof *opened);
    for (int index = 0; index < wanted; index++)
        opened[index] = open_tunnel(&to);
    // No stream begins before the last tunnel stands, or a slow handshake would be the load's doing.
    for (int index = 0; index < wanted; index++) {
        int fd = opened[index];
        set_nonblocking(fd);
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
        send(fd, &(char){ASK_STREAM}, 1, 0);
        if (index % 50 == 0)
            run(epoll, 0.001);
    }
    run(epoll, 0.3);
    begin_measuring();
    measuring = true;
    run(epoll, atof(argv[5]));
    if (count == 0)
        die("no chunk came");
    qsort(samples, count, sizeof *samples, compare_int64);
    printf("{\"chunks\":%d,\"p50us\":%.1f,\"p99us\":%.1f}\n", count, samples[count / 2] / 1e3, samples[count * 99LL / 100] / 1e3);
    wait_for_release();
    return 0;
}
