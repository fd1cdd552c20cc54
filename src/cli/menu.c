/* SPDX-License-Identifier: MIT */
#include "cli/menu.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/asker.h"
#include "cli/keys.h"
#include "cli/screen.h"
#include "cli/terminal.h"

enum { COLUMNS_LEAST = 24, SCREEN_MOST = 32768 };

static const char hint[] = "Arrow keys or a number, then Enter";

struct menu {
    int fd;
    struct termios before, keys;
    const char *labels[QUESTION_CHOICES];
    struct choice choice;
};

static int take_labels(const struct message *question, const char *labels[QUESTION_CHOICES])
{
    struct slot_value value;
    int count = 0;

    for (size_t at = 0; count < QUESTION_CHOICES && message_next(question, &at, &value);)
        if (value.slot == SLOT_CHOICE)
            labels[count++] = value.text;
    return count;
}

/* The line that an empty answer means, from 1; 0: none. */
static int suggested(const struct message *question, int count)
{
    const char *suggestion = message_text(question, SLOT_SUGGESTION);
    int number = suggestion ? atoi(suggestion) : 0;

    return number > 0 && number <= count ? number : 0;
}

void menu_list(int fd, const struct message *question)
{
    const char *labels[QUESTION_CHOICES];
    int count = take_labels(question, labels), usual = suggested(question, count);

    (void)dprintf(fd, "%s\n", message_text(question, SLOT_LINE));
    for (int i = 0; i < count; i++)
        (void)dprintf(fd, "  %d. %s%s\n", i + 1, labels[i],
                      i + 1 == usual ? " (if nothing is typed)" : "");
    (void)dprintf(fd, "Number: ");
}

bool menu_can(int fd, const struct message *question)
{
    const char *labels[QUESTION_CHOICES];
    int count = take_labels(question, labels);

    return count && screen_can_draw(fd) && screen_rows(fd) >= count + 2 &&
           screen_columns(fd) >= COLUMNS_LEAST;
}

static void show(const struct menu *menu, struct text *text)
{
    const char *bytes = text_peek(text);
    size_t left = text_length(text);

    while (left) {
        ssize_t n = write(menu->fd, bytes, left);
        if (n < 0 && errno != EINTR)
            return; /* reading will tell */
        if (n > 0) {
            bytes += n;
            left -= (size_t)n;
        }
    }
}

static void add_line(struct text *text, const struct menu *menu, int line, int columns)
{
    const char *label = menu->labels[line];
    bool here = line == menu->choice.at;
    char head[16];

    int used = snprintf(head, sizeof head, "%c %d. ", here ? '>' : ' ', line + 1);
    int room = columns - used - 1, fits = screen_fit(label, room);
    bool cut = label[fits];
    if (cut)
        fits = screen_fit(label, room - 3);
    text_add(text, "\r\033[K%s%s%.*s%s%s\n", here ? "\033[7m" : "", head, fits, label,
             cut ? "..." : "", here ? "\033[m" : "");
}

/* The cursor stays behind the hint. A line that the terminal takes for longer than we do must not
 * go on in the next one (DECAWM). */
static void draw(const struct menu *menu, bool again)
{
    text_auto *text = text_new(SCREEN_MOST);
    int columns = screen_columns(menu->fd);

    if (!text)
        return;
    if (again)
        text_add(text, "\r\033[%dA", menu->choice.count);
    text_add(text, "\033[?7l");
    for (int i = 0; i < menu->choice.count; i++)
        add_line(text, menu, i, columns);
    text_add(text, "\r\033[K%.*s\033[?7h", screen_fit(hint, columns - 1), hint);
    show(menu, text);
}

/* What was chosen stays on the screen, whole; else the list does, without the hint. */
static void undraw(const struct menu *menu, bool chosen)
{
    text_auto *text = text_new(SCREEN_MOST);

    if (!text)
        return;
    if (chosen)
        text_add(text, "\r\033[%dA\033[J  %d. %s\n", menu->choice.count, menu->choice.at + 1,
                 menu->labels[menu->choice.at]);
    else
        text_add(text, "\r\033[K");
    show(menu, text);
}

static bool set(const struct menu *menu, int when, const struct termios *as)
{
    int failed;

    while ((failed = tcsetattr(menu->fd, when, as)) && errno == EINTR)
        ;
    return !failed;
}

/* The list anew, below whatever a shell has written meanwhile. */
static void go_on(const struct menu *menu)
{
    (void)set(menu, TCSADRAIN, &menu->keys);
    draw(menu, false);
}

/* Ctrl-Z: the shell gets the terminal as it was. */
static void stop(const struct menu *menu)
{
    undraw(menu, false);
    (void)set(menu, TCSADRAIN, &menu->before);
    (void)kill(0, SIGTSTP);
    (void)terminal_continued();
    go_on(menu);
}

static enum outcome next_byte(struct menu *menu, unsigned char *byte, struct why *why)
{
    while (!terminal_cancelled()) {
        if (terminal_continued())
            go_on(menu);
        if (terminal_resized())
            draw(menu, true);
        if (!terminal_await(menu->fd, -1))
            continue;
        ssize_t n = read(menu->fd, byte, 1);
        if (n == 1 && *byte != menu->before.c_cc[VEOF])
            return OUTCOME_OK;
        if (n >= 0 || (errno != EINTR && errno != EAGAIN))
            return fail(why, REASON_NOBODY_TO_ASK, "there is no answer any more");
    }
    return fail(why, REASON_CANCELLED, "cancelled by the person");
}

static enum outcome choose(struct menu *menu, struct why *why)
{
    struct keys keys = { .state = KEYS_PLAIN };
    enum key key = KEY_NONE;
    unsigned char byte;
    enum outcome out;

    draw(menu, false);
    while (key != KEY_ENTER) {
        if ((out = next_byte(menu, &byte, why)))
            return out;
        if (byte == menu->before.c_cc[VSUSP] && byte != _POSIX_VDISABLE) {
            stop(menu);
            continue;
        }
        if ((key = keys_take(&keys, byte)) == KEY_NONE)
            continue;
        choice_move(&menu->choice, key, keys.number);
        draw(menu, true);
    }
    return OUTCOME_OK;
}

enum outcome menu_ask(int fd, const struct message *question, struct secret *answer,
                      struct why *why)
{
    struct menu menu = { .fd = fd };
    char number[16];

    menu.choice.count = take_labels(question, menu.labels);
    int usual = suggested(question, menu.choice.count);
    menu.choice.at = usual ? usual - 1 : 0;
    if (tcgetattr(fd, &menu.before))
        return fail(why, REASON_NOBODY_TO_ASK, "the terminal: %s", strerror(errno));
    menu.keys = menu.before;
    menu.keys.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
    menu.keys.c_cc[VMIN] = 1;
    menu.keys.c_cc[VTIME] = 0;
    menu.keys.c_cc[VSUSP] = _POSIX_VDISABLE; /* it comes as a byte, and is done below */
    if (!set(&menu, TCSAFLUSH, &menu.keys))
        return fail(why, REASON_NOBODY_TO_ASK, "the terminal: %s", strerror(errno));
    (void)dprintf(fd, "%s\n", message_text(question, SLOT_LINE));
    enum outcome out = choose(&menu, why);
    undraw(&menu, !out);
    (void)set(&menu, TCSAFLUSH, &menu.before);
    if (!out && !secret_append(answer, number,
                               (size_t)snprintf(number, sizeof number, "%d", menu.choice.at + 1)))
        return fail_memory(why);
    return out;
}
