/* SPDX-License-Identifier: MIT
 *
 * Outcomes in the log: to the journal with fields to search for, where standard error is the
 * journal, else a line.
 */
#include <stdlib.h>
#include <systemd/sd-journal.h>

#include "agent/agent.h"
#include "base/log.h"

void agent_log(const char *identity, const char *verb, enum outcome outcome, const struct why *why)
{
    enum reason reason = outcome ? why->reason : REASON_NONE;
    const char *text = outcome ? why->text : "";

    if (!getenv("JOURNAL_STREAM")) {
        log_line(LOG_LEVEL_INFO, "%s %s: %s %s: %s %s", identity, verb, outcome_name(outcome),
                 reason_word(reason), reason_sentence(reason), text);
        return;
    }
    (void)sd_journal_send("PRIORITY=%d", outcome ? 4 : 6, "MESSAGE=%s %s: %s %s", identity, verb,
                          reason_sentence(reason), text, "CHATELAINE_OUTCOME=%s",
                          outcome_name(outcome), "CHATELAINE_REASON=%s", reason_word(reason),
                          "CHATELAINE_VERB=%s", verb, "CHATELAINE_IDENTITY=%s", identity, NULL);
}
