/* SPDX-License-Identifier: MIT
 *
 * Outcomes in the log: to the journal with fields to search for, where standard error is the
 * journal, else a line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/log.h"

/* The variable alone says nothing: who starts us by hand may have inherited it (systemd.exec(5)).
 */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char there[64];
    struct stat st;

    return stream && !fstat(STDERR_FILENO, &st) &&
           snprintf(there, sizeof there, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino) >
               0 &&
           !strcmp(stream, there);
}

void agent_log(const char *identity, const char *verb, enum outcome outcome, const struct why *why)
{
    enum reason reason = outcome ? why->reason : REASON_NONE;
    const char *text = outcome ? why->text : "";

    if (!is_journal()) {
        log_line(LOG_LEVEL_INFO, "%s %s: %s %s: %s %s", identity, verb, outcome_name(outcome),
                 reason_word(reason), reason_sentence(reason), text);
        return;
    }
    (void)sd_journal_send("PRIORITY=%d", outcome ? 4 : 6, "MESSAGE=%s %s: %s %s", identity, verb,
                          reason_sentence(reason), text, "CHATELAINE_OUTCOME=%s",
                          outcome_name(outcome), "CHATELAINE_REASON=%s", reason_word(reason),
                          "CHATELAINE_VERB=%s", verb, "CHATELAINE_IDENTITY=%s", identity, NULL);
}
