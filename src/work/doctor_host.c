/* SPDX-License-Identifier: MIT
 *
 * doctor on this computer: settings, environment, where tickets are kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kerberos/inspect.h"
#include "work/doctor.h"
#include "work/places.h"

void doctor_settings(struct doctor *doctor)
{
    const struct errand *errand = doctor->errand;
    int count = 0;

    if (errand->bad_settings.reason) {
        doctor_fault(doctor, true, "settings", "", &errand->bad_settings, NULL);
        return;
    }
    for (int i = 0; i < SETTING_COUNT; i++)
        count +=
            setting_row((enum setting)i)->section != SECTION_SHARE &&
            strcmp(conf_origin(errand->conf, errand->identity, (enum setting)i), "default") != 0;
    doctor_good(doctor, "settings", "", "no mistakes; identity %s has %d set, the rest is default",
                errand->identity, count);
}

/* What is out of the ordinary is told, and is no fault. */
void doctor_environment(struct doctor *doctor)
{
    const struct errand *errand = doctor->errand;
    const char *ccache = errand_text(errand, SLOT_CCACHE), *config = getenv("KRB5_CONFIG");
    bool can_ask = message_number(errand->request, SLOT_CAN_ASK, 0);

    doctor_good(doctor, "environment", "", "user %s (%u), %s%s%s%s%s",
                *errand->account ? errand->account : "without a name", (unsigned)getuid(),
                can_ask ? "at a terminal" : "no terminal: passwords by --password-fd only",
                ccache ? "; KRB5CCNAME is " : "", ccache ? ccache : "",
                config ? "; KRB5_CONFIG is " : "", config ? config : "");
}

/* Where else the password is, and whether all have it. */
void doctor_places(struct doctor *doctor)
{
    static const char check[] = "password-places";
    const struct errand *errand = doctor->errand;
    struct why why = { 0 };

    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (errand->journal.open[i]) {
            (void)fail(&why, errand->journal.open[i], "the password of the %s",
                       journal_place((enum place)i));
            doctor_fault(doctor, false, check, "", &why, "Run: chatelaine repair");
            return;
        }
    if (errand->local)
        doctor_good(doctor, check, "",
                    "passwd of this computer asks no server: its password follows");
    else
        doctor_skip(doctor, check, "", "this computer's password does not follow: %s",
                    errand->no_local.reason ? errand->no_local.text : "by the settings");
}

/* The folder must take new files from us, and from nobody else. */
static enum outcome check_folder(const char *file, struct why *why)
{
    char folder[1024];
    struct stat st;
    const char *slash = strrchr(file, '/');
    int length = slash && slash > file ? (int)(slash - file) : 1;

    (void)snprintf(folder, sizeof folder, "%.*s", length, slash ? file : ".");
    if (stat(folder, &st))
        return fail(why, REASON_CACHE_UNUSABLE, "folder %s: %s", folder, strerror(errno));
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS))
        return fail(why, REASON_CACHE_UNUSABLE, "folder %s cannot be written: %s", folder,
                    strerror(errno));
    if (st.st_mode & S_IWOTH && !(st.st_mode & S_ISVTX))
        return fail(why, REASON_CACHE_UNUSABLE,
                    "in folder %s others may replace the file (mode %04o)", folder,
                    (unsigned)st.st_mode & 07777);
    return OUTCOME_OK;
}

static enum outcome check_file(const char *file, struct why *why)
{
    struct stat st;

    if (!*file)
        return OUTCOME_OK;
    if (!lstat(file, &st) && st.st_mode & (S_IRWXG | S_IRWXO))
        return fail(why, REASON_CACHE_UNUSABLE, "%s is open to others: mode %04o, not 0600", file,
                    (unsigned)st.st_mode & 07777);
    return check_folder(file, why);
}

/* The folder of a DIR cache is made when it is first used. */
static bool is_new_folder(const char *name)
{
    struct stat st;

    return name && !strncmp(name, "DIR:/", 5) && stat(name + 4, &st) && errno == ENOENT;
}

void doctor_cache(struct doctor *doctor)
{
    static const char check[] = "ticket-cache";
    const char *name = errand_text(doctor->errand, SLOT_CCACHE);
    tickets_auto *tickets = NULL;
    struct cache_look look = { 0 };
    struct why why = { 0 };
    enum outcome out = OUTCOME_OK;

    if (is_new_folder(name)) {
        (void)snprintf(look.name, sizeof look.name, "%s", name);
        out = check_folder(name + 4, &why);
    } else if (!(out = tickets_open(&tickets, &why)) &&
               !(out = inspect_cache(tickets, name, &look, &why))) {
        out = check_file(look.file, &why);
    }
    if (out)
        doctor_fault(doctor, true, check, "", &why,
                     why.reason == REASON_CACHE_UNUSABLE
                         ? "Correct the owner and the permissions, or name another place by "
                           "KRB5CCNAME: FILE:/path, DIR:/path, KEYRING:persistent:UID or KCM:."
                         : NULL);
    else
        doctor_good(doctor, check, "", "%s, %s%s", look.name, *look.holds ? "of " : "empty",
                    look.holds);
}

void doctor_ticket(struct doctor *doctor)
{
    static const char check[] = "ticket";
    const struct errand *errand = doctor->errand;
    tickets_auto *tickets = NULL;
    struct ticket *ticket = &doctor->ticket;
    char end[DOCTOR_TIME];
    struct why why = { 0 };

    if (tickets_open(&tickets, &why) ||
        tickets_find(tickets, errand_text(errand, SLOT_CCACHE),
                     errand_text(errand, SLOT_TICKET_CACHE), errand_text(errand, SLOT_PRINCIPAL),
                     ticket, &why)) {
        doctor_skip(doctor, check, "", "not signed in; with a ticket more can be seen");
    } else if (ticket->end <= time(NULL)) {
        (void)fail(&why, REASON_TICKET_EXPIRED, "%s, since %s", ticket->principal,
                   doctor_time(ticket->end, end));
        doctor_fault(doctor, false, check, "", &why, NULL);
    } else {
        doctor->has_ticket = !strcmp(ticket->realm, doctor->realm);
        doctor_good(doctor, check, "", "%s, until %s%s%s", ticket->principal,
                    doctor_time(ticket->end, end), doctor->has_ticket ? "" : "; not of the realm ",
                    doctor->has_ticket ? "" : doctor->realm);
    }
}
