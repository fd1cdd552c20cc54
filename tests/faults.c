/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "test.h"

void (*faults_munmap)(const void *address, size_t length);
void (*faults_free)(const void *memory);

static enum faults_of armed;
static long left;
static bool hit;

void faults_begin(enum faults_of of, long number)
{
    armed = of;
    left = number;
    hit = false;
}

bool faults_end(void)
{
    armed = (enum faults_of)0;
    return hit;
}

static bool fails(enum faults_of of, int error)
{
    if (!(armed & of) || --left)
        return false;
    hit = true;
    errno = error;
    return true;
}

long faults_everywhere(enum faults_of of, bool (*function)(void *), void *data)
{
    for (long number = 1;; number++) {
        faults_begin(of, number);
        bool passed = function(data);
        bool touched = faults_end();
        if (!touched) {
            assert_true(passed);
            return number - 1;
        }
        if (passed)
            fail_msg("success although call %ld failed", number);
        assert_true(number < 100000);
    }
}

/* WRAP(what fails, with errno, its value then, type, name, parameters, arguments) */
#define WRAP(of, error, failed, type, name, parameters, arguments)                                 \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(of, error) ? failed : __real_##name arguments;                                \
    }

WRAP(FAULTS_MEMORY, ENOMEM, NULL, void *, malloc, (size_t size), (size))
WRAP(FAULTS_MEMORY, ENOMEM, NULL, void *, calloc, (size_t count, size_t size), (count, size))
WRAP(FAULTS_MEMORY, ENOMEM, NULL, void *, realloc, (void *old, size_t size), (old, size))
WRAP(FAULTS_MEMORY, ENOMEM, NULL, char *, strdup, (const char *text), (text))
WRAP(FAULTS_MEMORY, ENOMEM, NULL, char *, strndup, (const char *text, size_t size), (text, size))
WRAP(FAULTS_MEMORY, ENOMEM, MAP_FAILED, void *, mmap,
     (void *at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))
WRAP(FAULTS_MEMORY, ENOMEM, MAP_FAILED, void *, mmap64,
     (void *at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))
WRAP(FAULTS_SEND, ECONNRESET, -1, ssize_t, send,
     (int fd, const void *bytes, size_t length, int flags), (fd, bytes, length, flags))
WRAP(FAULTS_RECV, ECONNRESET, -1, ssize_t, recv, (int fd, void *bytes, size_t length, int flags),
     (fd, bytes, length, flags))

int __real_munmap(void *address, size_t length);
int __wrap_munmap(void *address, size_t length);
int __wrap_munmap(void *address, size_t length)
{
    if (faults_munmap)
        faults_munmap(address, length);
    return __real_munmap(address, length);
}

void __real_free(void *memory);
void __wrap_free(void *memory);
void __wrap_free(void *memory)
{
    if (faults_free && memory)
        faults_free(memory);
    __real_free(memory);
}
