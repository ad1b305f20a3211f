// Shared by the load programs: small, single-threaded, and cheap beside what they measure.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

// The first byte that a client sends tells the origin what to do with the connection.
enum { ASK_ECHO = 'e', ASK_DOWN = 'd', ASK_UP = 'u', ASK_STREAM = 's' };

// One chunk of a stream: the moment of sending (CLOCK_MONOTONIC, ns) and padding, the size of a token's SSE event.
enum { CHUNK = 256 };

typedef enum { PATH_DIRECT, PATH_SOCKS, PATH_CONNECT } path_kind;

// How a client reaches the origin: directly (or through a relay without a handshake), by SOCKS5, or by CONNECT.
typedef struct {
    path_kind kind;
    const char *address;
    int port;
    const char *name;
} path;

void die(const char *attempt);
int64_t now_ns(void);
void raise_descriptors(void);
int listen_on(const char *address, int port);
void set_nonblocking(int fd);
void set_nodelay(int fd);

// argv: direct|socks|connect ADDRESS PORT NAME
path read_path(char **argv);
int start_connect(const path *to);
int open_tunnel(const path *to);
void begin_measuring(void);
void wait_for_release(void);
int compare_int64(const void *a, const void *b);

int origin_main(char **argv);
int dns_main(char **argv);
int setups_main(char **argv);
int bulk_main(char **argv);
int streams_main(char **argv);
int idle_main(char **argv);
int start_main(char **argv);
