/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* One mapping: a guard page, the pages with this head and the bytes, a guard page. */
struct secret {
    size_t mapped, capacity, length;
    bool locked;
    char bytes[];
};

enum { MOST = 16 << 20 };

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

struct secret *secret_new(size_t capacity)
{
    const size_t page = page_size();

    if (capacity > MOST)
        return NULL;
    size_t inner = (sizeof(struct secret) + capacity + 1 + page - 1) / page * page;
    char *map = mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    struct secret *secret = (void *)(map + page);
    if (mprotect(secret, inner, PROT_READ | PROT_WRITE) || madvise(secret, inner, MADV_DONTDUMP) ||
        madvise(secret, inner, MADV_WIPEONFORK)) {
        (void)munmap(map, inner + 2 * page);
        return NULL;
    }
    secret->locked = !mlock(secret, inner);
    secret->mapped = inner;
    secret->capacity = capacity;
    return secret;
}

void secret_free(struct secret **secret)
{
    struct secret *s = *secret;

    *secret = NULL;
    if (!s)
        return;
    const size_t page = page_size(), inner = s->mapped;
    explicit_bzero(s, inner);
    (void)munmap((char *)s - page, inner + 2 * page);
}

struct secret *secret_copy(const struct secret *secret)
{
    struct secret *copy = secret_new(secret->capacity);

    if (copy)
        (void)secret_append(copy, secret->bytes, secret->length);
    return copy;
}

bool secret_append(struct secret *secret, const void *bytes, size_t length)
{
    if (length > secret_room(secret))
        return false;
    if (length)
        memcpy(secret->bytes + secret->length, bytes, length);
    secret_grow(secret, length);
    return true;
}

void secret_cut(struct secret *secret, size_t length)
{
    if (length >= secret->length)
        return;
    explicit_bzero(secret->bytes + length, secret->length - length);
    secret->length = length;
}

bool secret_same(const struct secret *one, const struct secret *other)
{
    unsigned char differs = 0;

    if (!one || !other || one->length != other->length)
        return false;
    for (size_t i = 0; i < one->length; i++)
        differs |= (unsigned char)(one->bytes[i] ^ other->bytes[i]);
    return !differs;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

size_t secret_room(const struct secret *secret)
{
    return secret->capacity - secret->length;
}

bool secret_is_locked(const struct secret *secret)
{
    return secret->locked;
}

const char *secret_peek(const struct secret *secret)
{
    return secret->bytes;
}

void *secret_space(struct secret *secret)
{
    return secret->bytes + secret->length;
}

void secret_grow(struct secret *secret, size_t length)
{
    secret->length += length;
    secret->bytes[secret->length] = '\0';
}
