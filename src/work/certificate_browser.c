/* SPDX-License-Identifier: MIT
 *
 * certificate use browser: has the programs of the person that use NSS load p11-kit's proxy, which
 * brings all tokens. The token's own library would do, but is taken away from under them when
 * another part of the same program, such as GnuTLS, ends with it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"
#include "base/json.h"
#include "base/log.h"
#include "cert/nss.h"
#include "work/certificate_use.h"

#define MODULE_NAME "p11-kit (Chatelaine)"
enum { ISSUER_MOST = 256, JSON_MOST = 1024 };

/* Below the home folder, or where that has settings. Firefox makes its profiles in the second place
 * since version 147, unless there is the first one. */
static const struct {
    const char *program;
    bool is_setting;
    const char *parent, *name;
} places[BROWSERS] = {
    { "firefox", false, ".mozilla", "firefox" },
    { "firefox", true, "mozilla", "firefox" },
    { "thunderbird", false, "", ".thunderbird" },
    { "chromium", false, ".pki", "nssdb" },
};
enum { CHROMIUM = BROWSERS - 1 };

/* What the certificates that are meant need. */
struct needs {
    const struct use *use;
    bool softhsm, tpm, other;
    char library[TOKEN_URI]; /* of the other one */
    char issuers[CERTIFICATES_MOST][ISSUER_MOST];
    size_t issuer_count;
    enum outcome first; /* that went wrong */
    struct why why;
};

static bool parent_of(unsigned place, char parent[BROWSER_PATH])
{
    const char *home = home_folder(), *config = getenv("XDG_CONFIG_HOME");
    bool named = places[place].is_setting && config && *config == '/';

    if (!home && !named)
        return false;
    int length = snprintf(parent, BROWSER_PATH, "%s%s%s%s", named ? config : home,
                          places[place].is_setting && !named ? "/.config" : "",
                          *places[place].parent ? "/" : "", places[place].parent);
    return length > 0 && length < BROWSER_PATH;
}

void browsers_find(struct certificates *all, bool may_make)
{
    char parent[BROWSER_PATH];
    fd_auto made = -1;

    for (unsigned i = 0; i < BROWSERS; i++) {
        char *path = all->browsers[i];
        if (!parent_of(i, parent) ||
            (size_t)snprintf(path, BROWSER_PATH, "%s/%s", parent, places[i].name) >= BROWSER_PATH)
            *path = '\0';
        else if (i == CHROMIUM && may_make)
            (void)file_open_folder(parent, places[i].name, &made, &all->no_database);
        if (access(path, F_OK))
            *path = '\0';
    }
}

static void add_row(struct needs *needs, const char *program, const char *state, const char *file,
                    const char *detail, const struct why *why)
{
    const char *const columns[PROGRAM_COLUMNS] = { program,
                                                   state,
                                                   file,
                                                   why ? reason_word(why->reason) : "",
                                                   why ? why->text : detail,
                                                   why ? reason_remedy(why->reason) : "" };

    message_add_row(needs->use->all->errand->result, SLOT_PROGRAMS, columns);
    if (why && !needs->first) {
        needs->first = reason_outcome(why->reason);
        needs->why = *why;
        (void)fail_in(&needs->why, "%s", program);
    }
}

/* The libraries of the tokens themselves, by the person's own hand: with the proxy beside them each
 * token would be there twice. */
static bool has_own(const struct needs *needs, const struct text *text)
{
    const struct certificates *all = needs->use->all;

    return (needs->softhsm || needs->tpm) && !needs->other &&
           (!needs->softhsm || nss_has(text, all->softhsm)) &&
           (!needs->tpm || nss_has(text, all->tpm.module));
}

static void set_in(struct needs *needs, const char *program, const char *parent, const char *name)
{
    char file[BROWSER_PATH + PROFILE_FOLDER + sizeof "/" NSS_FILE];
    text_auto *text = NULL;
    fd_auto folder = -1;
    struct why why;
    bool there = false;
    enum outcome out;

    (void)snprintf(file, sizeof file, "%s/%s/" NSS_FILE, parent, name);
    if (!(out = file_open_folder(parent, name, &folder, &why)) &&
        !(out = nss_read(folder, &text, &why)) &&
        !(there = nss_has(text, P11_PROXY) || has_own(needs, text)))
        out = nss_add(folder, text, P11_PROXY, MODULE_NAME, &why);
    add_row(needs, program,
            out     ? "failed"
            : there ? "there"
                    : "set",
            file, out || there ? "" : "from its next start on", out ? &why : NULL);
}

/* All profiles of a program; false if it has none. */
static bool set_profiles(struct needs *needs, const char *program, const char *path)
{
    char parent[BROWSER_PATH], *name;
    struct profiles profiles = { .count = 0 };
    fd_auto folder = -1;
    struct why why;
    bool any = false;

    (void)strcpy(parent, path);
    name = strrchr(parent, '/');
    *name++ = '\0';
    if (file_open_folder(parent, name, &folder, &why) || profiles_read(folder, &profiles, &why)) {
        add_row(needs, program, "failed", path, "", &why);
        return true;
    }
    for (size_t i = 0; i < profiles.count; i++) {
        const char *profile = profiles.path[i];
        if (strchr(profile, '/') || *profile == '.') {
            (void)fail(&why, REASON_BROWSER_FILE, "this profile is not in %s", path);
            add_row(needs, program, "failed", profile, "", &why);
        } else if (!faccessat(folder, profile, F_OK, AT_SYMLINK_NOFOLLOW))
            set_in(needs, program, path, profile);
        else
            continue;
        any = true;
    }
    return any;
}

static void set_mozilla(struct needs *needs)
{
    const struct certificates *all = needs->use->all;
    bool any = false;

    for (unsigned i = 0; i < CHROMIUM; i++) {
        if (*all->browsers[i])
            any = set_profiles(needs, places[i].program, all->browsers[i]) || any;
        if (strcmp(places[i].program, places[i + 1].program) != 0) {
            if (!any)
                add_row(needs, places[i].program, "none", "",
                        "it has no profile yet; once it has: certificate use browser", NULL);
            any = false;
        }
    }
}

static void set_chromium(struct needs *needs)
{
    char parent[BROWSER_PATH];
    const struct certificates *all = needs->use->all;

    if (*all->browsers[CHROMIUM] && parent_of(CHROMIUM, parent))
        set_in(needs, places[CHROMIUM].program, parent, places[CHROMIUM].name);
    else
        add_row(needs, places[CHROMIUM].program, "failed", "", "", &all->no_database);
}

/* ssh-add shows a PIN to every token of a library, and that which is not its own counts it: so not
 * the proxy. */
static void tell_ssh(struct needs *needs, const char *library)
{
    char detail[2 * TOKEN_URI + 64];

    (void)snprintf(detail, sizeof detail, "ssh -I %s, or ssh-add -s %s", library, library);
    if (needs->use->prints)
        use_line(needs->use, "%s", detail);
    else
        add_row(needs, "ssh", "option", library, detail, NULL);
}

static void tell_each_ssh(struct needs *needs)
{
    const struct certificates *all = needs->use->all;

    if (needs->softhsm)
        tell_ssh(needs, all->softhsm);
    if (needs->tpm)
        tell_ssh(needs, all->tpm.module);
    if (*needs->library)
        tell_ssh(needs, needs->library);
}

static void add_issuer(struct needs *needs, const struct kept *kept)
{
    char name[ISSUER_MOST];
    size_t size = sizeof name;

    if (gnutls_x509_crt_get_issuer_dn_by_oid(kept->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                             name, &size) ||
        !text_is_clean(name, size))
        return;
    for (size_t i = 0; i < needs->issuer_count; i++)
        if (!strcmp(needs->issuers[i], name))
            return;
    (void)strcpy(needs->issuers[needs->issuer_count++], name);
}

/* The one that is named, or all of the settings that are good. */
static void find_needs(struct needs *needs)
{
    const struct use *use = needs->use;
    const struct kept_list *list;
    const struct kept *good;
    struct wanted wanted;
    struct why why;

    for (size_t n = 0; wanted_at(use->all, n, &wanted); n++) {
        if (use->kept && strcmp(use->wanted.name, wanted.name) != 0)
            continue;
        if (certificate_choose(use->all, &wanted, &why) ||
            certificate_kept(use->all, wanted.place, &list, &why)) {
            log_line(LOG_LEVEL_INFO, "certificate %s: %s", wanted.name, why.text);
            continue;
        }
        if (!list || !(good = certificate_good(list, wanted.name)))
            continue;
        add_issuer(needs, good);
        if (!strcmp(wanted.place, PLACE_TPM))
            needs->tpm = true;
        else if (!strcmp(wanted.place, PLACE_SOFTHSM))
            needs->softhsm = true;
        else {
            needs->other = true;
            if (!token_module(wanted.place, needs->library))
                *needs->library = '\0';
        }
    }
}

/* https://chromeenterprise.google/policies/#AutoSelectCertificateForUrls: JSON as text in JSON. */
static void print_chromium(const struct needs *needs)
{
    const char *domain = errand_text(needs->use->all->errand, SLOT_DOMAIN);
    text_auto *json = text_new(JSON_MOST), *pattern = text_new(JSON_MOST);

    if (!json || !pattern)
        return;
    text_add(pattern, "https://[*.]%s", domain ? domain : "DOMAIN");
    json_open(json, NULL, '{');
    json_open(json, "AutoSelectCertificateForUrls", '[');
    for (size_t i = 0; i < needs->issuer_count; i++) {
        text_auto *one = text_new(JSON_MOST);
        if (!one)
            return;
        json_open(one, NULL, '{');
        json_text(one, "pattern", text_peek(pattern));
        json_open(one, "filter", '{');
        json_open(one, "ISSUER", '{');
        json_text(one, "CN", needs->issuers[i]);
        for (int depth = 0; depth < 3; depth++)
            json_close(one, '}');
        json_text(json, NULL, text_peek(one));
    }
    json_close(json, ']');
    json_close(json, '}');
    use_line(needs->use, "%s",
             text_ok(json) ? text_peek(json) : "# more authorities than fit here");
}

static void print(struct needs *needs)
{
    const struct use *use = needs->use;

    use_line(use, "# A person's Firefox and Thunderbird: " NSS_FILE " of each profile");
    use_line(use, "# A person's Chromium and Chrome: ~/.pki/nssdb/" NSS_FILE);
    use_line(use, "library=" P11_PROXY);
    use_line(use, "name=" MODULE_NAME);
    use_line(use, "# Firefox of everybody: /etc/firefox/policies/policies.json");
    use_line(use, "# Thunderbird of everybody: /etc/thunderbird/policies/policies.json");
    use_line(use, "{\"policies\": {\"SecurityDevices\": {\"Add\": {\"" MODULE_NAME
                  "\": \"" P11_PROXY "\"}}}}");
    if (needs->issuer_count) {
        use_line(use, "# Which one Chromium shows: /etc/chromium/policies/managed/NAME.json");
        use_line(use, "# Which one Chrome shows: /etc/opt/chrome/policies/managed/NAME.json");
        print_chromium(needs);
    }
    use_line(use, "# ssh");
    tell_each_ssh(needs);
}

enum outcome use_browser(const struct use *use, struct why *why)
{
    struct needs needs = { .use = use };
    struct stat st;

    if (stat(P11_PROXY, &st) || !S_ISREG(st.st_mode))
        return fail(why, REASON_NO_TOKEN_PROXY, P11_PROXY);
    find_needs(&needs);
    if (use->prints) {
        print(&needs);
        return OUTCOME_OK;
    }
    set_mozilla(&needs);
    set_chromium(&needs);
    tell_each_ssh(&needs);
    if (needs.first)
        *why = needs.why;
    return needs.first;
}
