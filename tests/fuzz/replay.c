/* SPDX-License-Identifier: MIT
 *
 * Runs a fuzz target on each file of a folder, whole and cut at every byte of its first few
 * hundred; told as TAP. For builds without libFuzzer.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_MOST = 1 << 20, CUTS_MOST = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory of exactly that size, so that a sanitizer sees a byte too far. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    if (!exact)
        abort();
    memcpy(exact, data, size);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static int replay(int folder, const char *name)
{
    static uint8_t data[INPUT_MOST];
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, data, sizeof data);

    (void)close(fd);
    if (size < 0)
        return 1;
    for (size_t cut = 0; cut < (size_t)size && cut < CUTS_MOST; cut++)
        run(data, cut);
    run(data, (size_t)size);
    return 0;
}

int main(int argc, char **argv)
{
    int number = 0, failed = 0;
    const struct dirent *entry;
    DIR *corpus = argc == 2 ? opendir(argv[1]) : NULL;

    while (corpus && (entry = readdir(corpus))) {
        if (*entry->d_name == '.')
            continue;
        int bad = replay(dirfd(corpus), entry->d_name);
        failed += bad;
        (void)printf("%sok %d - %s\n", bad ? "not " : "", ++number, entry->d_name);
    }
    (void)printf("1..%d\n", number ? number : 1);
    if (!number)
        (void)printf("not ok 1 - there is a corpus\n");
    if (corpus)
        (void)closedir(corpus);
    return failed || !number;
}
