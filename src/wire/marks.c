/* SPDX-License-Identifier: MIT
 *
 * A line for each id: the id, a space, "tried" or "refused". Who tries a stored secret of the
 * person holds the lock of the list until it is known what became of it.
 */
#include "wire/marks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "wire/state.h"

enum { LIST_MOST = 64 << 10 };

static const char list_name[] = "tried", lock_name[] = ".tried.lock";

static bool is_id(const char *id)
{
    size_t length = id ? strlen(id) : 0;

    return length && length <= MARK_ID_MOST && strspn(id, "0123456789abcdef") == length;
}

static enum outcome lock(int folder, int *fd, struct why *why)
{
    fd_auto made =
        openat(folder, lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (made < 0)
        return fail(why, errno == ELOOP ? REASON_OTHER_OWNER : REASON_CANNOT_WRITE, "%s: %s",
                    lock_name, strerror(errno));
    if (flock(made, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK
                   ? fail(why, REASON_SAME_ERRAND, "a stored password is just being tried")
                   : fail(why, REASON_CANNOT_WRITE, "%s: %s", lock_name, strerror(errno));
    *fd = made;
    made = -1;
    return OUTCOME_OK;
}

static const char *find(const char *list, const char *id)
{
    size_t length = strlen(id);

    for (const char *line = list; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (!strncmp(line, id, length) && line[length] == ' ')
            return line;
    return NULL;
}

static bool is_list(const struct text *list)
{
    const char *line = text_peek(list);

    if (strlen(line) != text_length(list))
        return false;
    for (size_t id; *line; line = strchr(line, '\n') + 1) {
        id = strspn(line, "0123456789abcdef");
        if (!id || id > MARK_ID_MOST ||
            (strncmp(line + id, " tried\n", 7) != 0 && strncmp(line + id, " refused\n", 9) != 0))
            return false;
    }
    return true;
}

/* What is damaged may have lost an id: nothing is tried then. */
static enum outcome read_list(int folder, struct text **list, struct why *why)
{
    enum outcome out = file_read(folder, list_name, LIST_MOST, geteuid(), list, why);

    if (out)
        return out;
    if (!*list && !(*list = text_new(LIST_MOST)))
        return fail_memory(why);
    return is_list(*list)
               ? OUTCOME_OK
               : fail(why, REASON_STATE_DAMAGED, "the list of tried passwords, %s", list_name);
}

/* The list with this id's line replaced; word NULL: without it. */
static enum outcome write_list(int folder, const struct text *old, const char *id, const char *word,
                               struct why *why)
{
    const char *list = text_peek(old), *line = find(list, id), *rest = line;
    text_auto *new = text_new(LIST_MOST);

    if (!new)
        return fail_memory(why);
    text_add_bytes(new, list, line ? (size_t)(line - list) : strlen(list));
    if (rest && (rest = strchr(rest, '\n')))
        text_add(new, "%s", rest + 1);
    if (word)
        text_add(new, "%s %s\n", id, word);
    if (!text_ok(new))
        return fail(why, REASON_CANNOT_WRITE, "the list of tried passwords is full");
    return file_write(folder, list_name, text_peek(new), text_length(new), why);
}

static enum outcome begin(int folder, const char *id, struct why *why)
{
    text_auto *list = NULL;
    enum outcome out = read_list(folder, &list, why);

    if (out)
        return out;
    const char *line = find(text_peek(list), id);
    if (line)
        return fail(why,
                    !strncmp(line + strlen(id), " refused\n", 9) ? REASON_STORED_REFUSED
                                                                 : REASON_STORED_OPEN,
                    "id %s", id);
    return write_list(folder, list, id, "tried", why);
}

enum outcome mark_begin(struct mark *mark, const char *id, struct why *why)
{
    fd_auto folder = -1, held = -1;
    enum outcome out;

    if (!is_id(id))
        return fail(why, REASON_STORED_REFUSED, "the stored password has no id of ours");
    if ((out = state_folder(&folder, why)) || (out = lock(folder, &held, why)) ||
        (out = begin(folder, id, why)))
        return fail_in(why, "before the stored password is used");
    (void)snprintf(mark->id, sizeof mark->id, "%s", id);
    mark->lock = held;
    held = -1;
    return OUTCOME_OK;
}

bool mark_is_due(const struct message *question)
{
    return strcmp(message_text(question, SLOT_ITEM_KIND), "pin") != 0;
}

enum outcome mark_kept(struct mark *mark, bool is_due, enum outcome outcome, struct why *failure,
                       struct message **kept, struct why *why)
{
    const char *id = *kept ? message_text(*kept, SLOT_ITEM_ID) : NULL;
    message_auto *failed = NULL;

    if (!outcome && is_due && message_has(*kept, SLOT_ITEM_SECRET))
        outcome = mark_begin(mark, id, failure);
    if (!outcome)
        return OUTCOME_OK;
    if (!(failed = message_new(MESSAGE_KEPT)))
        return fail_memory(why);
    message_add_outcome(failed, outcome, failure);
    message_add(failed, SLOT_ITEM_ID, id);
    message_free(kept);
    *kept = failed;
    failed = NULL;
    return OUTCOME_OK;
}

static enum outcome settle(const struct mark *mark, const char *word, struct why *why)
{
    fd_auto folder = -1;
    text_auto *list = NULL;
    enum outcome out;

    if ((out = state_folder(&folder, why)) || (out = read_list(folder, &list, why)))
        return out;
    return write_list(folder, list, mark->id, word, why);
}

void mark_event(struct mark *mark, const char *event)
{
    struct why why;

    bool off = !strcmp(event, "stored-unused") || !strcmp(event, "stored-good");
    if (!*mark->id || (!off && strcmp(event, "stored-refused") != 0))
        return;
    if (settle(mark, off ? NULL : "refused", &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text); /* it stays on the list, which is safe */
    mark_end(mark);
}

void mark_end(struct mark *mark)
{
    if (*mark->id)
        fd_close(&mark->lock);
    *mark = (struct mark){ .id = "" };
}
