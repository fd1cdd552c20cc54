/* SPDX-License-Identifier: MIT */
#include "faults.h"
#include "test.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"

static struct why why;

static bool texts(void *data)
{
    text_auto *text = text_new(100000);

    (void)data;
    if (!text)
        return false;
    for (int i = 0; i < 1000; i++)
        json_text(text, "key", "value with \"quotes\"");
    return text_ok(text);
}

static bool secrets(void *data)
{
    secret_auto *secret = secret_new(100);

    (void)data;
    if (!secret || !secret_append(secret, "x", 1))
        return false;
    secret_auto *copy = secret_copy(secret);
    return copy && !strcmp(secret_peek(copy), "x");
}

static bool files(void *data)
{
    fd_auto folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    text_auto *text = NULL;

    (void)data;
    if (file_write(folder, "file", "many bytes", 10, &why))
        return false;
    enum outcome out = file_read(folder, "file", 20000, (uid_t)-1, &text, &why);
    assert_true(!out || why.reason == REASON_NO_MEMORY);
    return !out && text_length(text) == 10;
}

static void text_fails(void **state)
{
    (void)state;
    assert_true(faults_everywhere(FAULTS_MEMORY, texts, NULL) > 5);
}

static void secret_fails(void **state)
{
    (void)state;
    assert_int_equal(faults_everywhere(FAULTS_MEMORY, secrets, NULL), 2);
}

static void file_fails(void **state)
{
    (void)state;
    assert_int_equal(faults_everywhere(FAULTS_MEMORY, files, NULL), 2);
}

FACTS(FACT(text_fails, "text: without memory at any point it is not ok"),
      FACT(secret_fails, "secret: without memory there is none"),
      FACT(file_fails, "file_read: without memory it is no-memory, never half a text"))
