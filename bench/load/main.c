#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "load.h"

int main(int argc, char **argv)
{
    static const struct { const char *name; int arguments; int (*run)(char **); } modes[] = {
        {"origin", 2, origin_main}, {"dns", 3, dns_main}, {"setups", 6, setups_main}, {"bulk", 7, bulk_main},
        {"streams", 6, streams_main}, {"idle", 5, idle_main}, {"start", 3, start_main},
    };
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    for (size_t mode = 0; mode < sizeof modes / sizeof *modes; mode++)
        if (argc >= 2 + modes[mode].arguments && strcmp(argv[1], modes[mode].name) == 0)
            return modes[mode].run(argv + 2);
    fprintf(stderr,
        "load origin ADDRESS PORT\n"
        "load dns ADDRESS PORT ANSWER\n"
        "load setups PATH CLIENTS SECONDS\n"
        "load bulk PATH TUNNELS down|up SECONDS\n"
        "load streams PATH STREAMS SECONDS\n"
        "load idle PATH TUNNELS\n"
        "load start ADDRESS PORT COMMAND...\n"
        "PATH: direct|socks|connect ADDRESS PORT NAME\n");
    return 2;
}
