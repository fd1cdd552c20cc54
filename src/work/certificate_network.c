/* SPDX-License-Identifier: MIT */
#include "work/certificate_network.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/digest.h"
#include "cert/names.h"
#include "cert/reach.h"

enum { CALL_MS = 10000, ASKING_MS = 60000 };

/* A connection that is to be there, and what it borrows from. */
struct draft {
    const struct use *use;
    struct profile profile;
    char uuid[USE_UUID], mark[2 * USE_NAME], login[CERT_NAME_MOST + 1], wanted[USE_DIGEST];
    gnutls_datum_t ca;
};

void network_prepare(struct certificates *all, bool needs)
{
    bool can_ask = message_number(all->errand->request, SLOT_CAN_ASK, 0);

    if (needs)
        (void)nm_open(can_ask ? ASKING_MS : CALL_MS, can_ask, &all->nm, &all->no_nm);
}

void use_network_prepare(struct certificates *all)
{
    network_prepare(all, !message_number(all->errand->request, SLOT_PRINT, 0));
}

static enum outcome get_nm(const struct certificates *all, const struct nm **nm, struct why *why)
{
    *nm = all->nm;
    if (all->nm)
        return OUTCOME_OK;
    *why = all->no_nm;
    return reason_outcome(why->reason);
}

/* The same for the same person and network, so that nothing is made twice where our state is lost:
 * a name-based UUID (RFC 9562 5.8). */
static enum outcome make_uuid(const struct use *use, char uuid[USE_UUID], struct why *why)
{
    char text[USE_WHAT + USE_WHERE + 64], hex[USE_DIGEST];
    enum outcome out;

    (void)snprintf(text, sizeof text, "org.chatelaine %u %s %s", (unsigned)geteuid(), use->what,
                   use->where);
    if ((out = digest_text(text, strlen(text), hex, why)))
        return out;
    (void)snprintf(uuid, USE_UUID, "%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15,
                   hex + 18);
    return OUTCOME_OK;
}

/* The one that issued itself: what is below it is sent by the server. */
static enum outcome take_root(const struct chain *chain, const char *where, gnutls_datum_t *der,
                              struct why *why)
{
    for (unsigned i = 0; i < chain->count; i++)
        if (gnutls_x509_crt_check_issuer(chain->all[i], chain->all[i]))
            return gnutls_x509_crt_export2(chain->all[i], GNUTLS_X509_FMT_DER, der)
                       ? fail_memory(why)
                       : OUTCOME_OK;
    return fail(why, REASON_NO_AUTHORITY,
                "%s has no root certificate, by which to know the network's server: set "
                "radius_ca_file",
                where);
}

static enum outcome root_of_file(const char *path, gnutls_datum_t *der, struct why *why)
{
    chain_auto chain = { .count = 0 };
    text_auto *text = NULL;
    enum outcome out = file_read(AT_FDCWD, path, CHAIN_BYTES_MOST, (uid_t)-1, &text, why);

    if (!out && !text)
        out = fail(why, REASON_BAD_SETTING, "radius_ca_file = %s: it is not there", path);
    if (out || (out = chain_read(text_peek(text), text_length(text), &chain, why)))
        return out;
    return take_root(&chain, path, der, why);
}

static enum outcome find_root(const struct use *use, gnutls_datum_t *der, struct why *why)
{
    const struct certificates *all = use->all;
    const char *path = use->wanted.radius_ca_file;
    chain_auto chain = { .count = 0 };
    enum outcome out;

    if (*path)
        return root_of_file(path, der, why);
    out = keep_read_chain(all->token, &use->kept->id, &chain, why);
    return out ? out : take_root(&chain, "the certificate's chain", der, why);
}

static void draft_free(struct draft *draft)
{
    gnutls_free(draft->ca.data);
}
#define draft_auto __attribute__((cleanup(draft_free))) struct draft

static void add_line(void *data, const char *text)
{
    text_add(data, "%s\n", text);
}

static enum outcome fill(struct draft *draft, const struct use *use, struct why *why)
{
    const struct certificates *all = use->all;
    const struct conf *conf = all->errand->conf;
    bool is_wifi = !strcmp(use->what, "wifi");
    text_auto *lines = text_new(PROFILE_CANON_MOST);
    enum outcome out;

    draft->use = use;
    if (!lines)
        return fail_memory(why);
    if (!*all->errand->account)
        return fail(why, REASON_PROFILE_REFUSED, "this account has no name");
    if (is_wifi && strlen(use->where) > SSID_MOST)
        return fail(why, REASON_BAD_REQUEST, "an SSID has at most %d bytes", SSID_MOST);
    if ((out = make_uuid(use, draft->uuid, why)) || (out = find_root(use, &draft->ca, why)) ||
        (out = names_login(use->kept->certificate, draft->login, why)))
        return out;
    (void)snprintf(draft->mark, sizeof draft->mark, "%s/%s", all->errand->identity,
                   use->wanted.name);
    draft->profile =
        (struct profile){ .uuid = draft->uuid,
                          .name = is_wifi ? use->where : "Wired 802.1X",
                          .ssid = is_wifi ? use->where : NULL,
                          .account = all->errand->account,
                          .login = draft->login,
                          .ca = draft->ca.data,
                          .ca_length = draft->ca.size,
                          .server = conf_text(conf, use->wanted.name, SETTING_RADIUS_SERVER),
                          .uri = use->uri,
                          .key_uri = use->key_uri,
                          .mark = draft->mark };
    profile_lines(&draft->profile, add_line, lines);
    return digest_text(text_peek(lines), text_length(lines), draft->wanted, why);
}

/* How it is now: "", it is not there. */
static enum outcome read_digest(const struct nm *nm, const char *path, char now[USE_DIGEST],
                                struct why *why)
{
    text_auto *canon = NULL;
    enum outcome out;

    *now = '\0';
    if (!*path)
        return OUTCOME_OK;
    if ((out = profile_canon(nm, path, &canon, why)))
        return out;
    return text_length(canon) ? digest_text(text_peek(canon), text_length(canon), now, why)
                              : OUTCOME_OK;
}

/* Somebody has changed it, or our state is lost. */
static enum outcome confirm(const struct draft *draft, struct why *why)
{
    const struct use *use = draft->use;
    struct errand *errand = use->all->errand;
    char prompt[USE_WHERE + 128], answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "overwrite-connection",
                                 .prompt = prompt,
                                 .suggestion = "2",
                                 .choices = { "Set it anew", "Leave it" } };
    enum outcome out;

    (void)snprintf(prompt, sizeof prompt,
                   "The connection %s was changed, and not by Chatelaine. Set it anew?",
                   draft->profile.name);
    if (message_number(errand->request, SLOT_CAN_ASK, 0) &&
        !(out = asker_ask_text(errand->asker, &question, answer, sizeof answer, why)) &&
        !strcmp(answer, "1"))
        return OUTCOME_OK;
    return fail(why, REASON_PROFILE_CHANGED, "%s (%s)", draft->profile.name, draft->uuid);
}

/* Then NetworkManager may have written it all the same. */
static bool is_open(enum reason reason)
{
    return reason == REASON_TIME_OUT || reason == REASON_CONNECTION_LOST;
}

/* What was written down goes back to what it was, or there is none. */
static enum outcome take_back(struct certificates *all, struct uses *uses,
                              const struct use_row *before, enum outcome failure)
{
    struct use_row *row = uses_find(uses, before->uuid);
    struct why left;

    if (*before->what && row)
        *row = *before;
    else
        uses_drop(uses, before->uuid);
    (void)uses_write(all->folder, uses, &left);
    return failure;
}

/* Written down before it is written, and once more when it is known how it came out. */
static enum outcome put(const struct nm *nm, const struct draft *draft, char path[PROFILE_PATH],
                        struct uses *uses, struct why *why)
{
    const struct use *use = draft->use;
    struct certificates *all = use->all;
    struct use_row *row = uses_add(uses, draft->uuid);
    enum outcome out;

    if (!row)
        return fail(why, REASON_BAD_REQUEST, "there are %d connections already", USES_MOST);
    const struct use_row before = *row;
    (void)snprintf(row->what, sizeof row->what, "%s", use->what);
    (void)snprintf(row->identity, sizeof row->identity, "%s", all->errand->identity);
    (void)snprintf(row->certificate, sizeof row->certificate, "%s", use->wanted.name);
    (void)snprintf(row->where, sizeof row->where, "%s", use->where);
    *row->digest = *row->wanted = '\0';
    if ((out = uses_write(all->folder, uses, why)))
        return out;
    out = *path ? profile_change(nm, path, &draft->profile, why)
                : profile_add(nm, &draft->profile, path, why);
    if (out)
        return is_open(why->reason) ? out : take_back(all, uses, &before, out);
    if ((out = read_digest(nm, path, row->digest, why)))
        return out;
    (void)strcpy(row->wanted, draft->wanted);
    return uses_write(all->folder, uses, why);
}

static enum outcome write_draft(const struct nm *nm, const struct draft *draft, bool follows,
                                struct uses *uses, struct why *why)
{
    struct certificates *all = draft->use->all;
    const struct use_row *row = uses_find(uses, draft->uuid);
    char path[PROFILE_PATH], now[USE_DIGEST];
    enum outcome out;

    if ((out = profile_find(nm, draft->uuid, path, why)) || (out = read_digest(nm, path, now, why)))
        return out;
    if (!*now && follows) {
        asker_tell(all->errand->asker, "The connection %s was removed by somebody.",
                   draft->profile.name);
        uses_drop(uses, draft->uuid);
        return uses_write(all->folder, uses, why);
    }
    bool is_ours = row && (!*row->digest || !strcmp(row->digest, now));
    if (*now && !is_ours && (out = confirm(draft, why)))
        return out;
    if (*now && is_ours && !strcmp(row->wanted, draft->wanted))
        return OUTCOME_OK;
    if (!*now)
        *path = '\0';
    return put(nm, draft, path, uses, why);
}

enum outcome network_write(const struct use *use, bool follows, struct why *why)
{
    draft_auto draft = { .uuid = "" };
    struct uses uses;
    const struct nm *nm;
    enum outcome out;

    if ((out = uses_read(use->all->folder, &uses, why)) || (out = fill(&draft, use, why)))
        return out;
    const struct use_row *row = uses_find(&uses, draft.uuid);
    if (follows && row && *row->digest && !strcmp(row->wanted, draft.wanted))
        return OUTCOME_OK; /* NetworkManager need not be asked */
    if ((out = get_nm(use->all, &nm, why)))
        return out;
    return write_draft(nm, &draft, follows, &uses, why);
}

enum outcome network_remove(struct certificates *all, const struct use_row *row, struct why *why)
{
    char path[PROFILE_PATH], now[USE_DIGEST];
    const struct nm *nm;
    enum outcome out;

    if ((out = get_nm(all, &nm, why)) || (out = profile_find(nm, row->uuid, path, why)) ||
        (out = read_digest(nm, path, now, why)) || !*now)
        return out;
    if (*row->digest && strcmp(row->digest, now) != 0)
        return fail(why, REASON_PROFILE_CHANGED, "%s %s (%s)", row->what, row->where, row->uuid);
    return profile_delete(nm, path, why);
}

bool network_is_of(const struct certificates *all, const struct use_row *row, const char *name)
{
    return !strcmp(row->identity, all->errand->identity) &&
           (!name || !strcmp(row->certificate, name));
}

static void print_line(void *data, const char *text)
{
    use_line(data, "%s", text);
}

/* Anybody with a certificate of that authority could be the network. */
static void warn_of_server(const struct use *use)
{
    const struct certificates *all = use->all;

    if (!*conf_text(all->errand->conf, use->wanted.name, SETTING_RADIUS_SERVER))
        asker_tell(all->errand->asker,
                   "Any server with a certificate of the company's authority passes for the "
                   "network: set radius_server in [certificate %s].",
                   use->wanted.name);
}

enum outcome use_network(const struct use *use, struct why *why)
{
    draft_auto draft = { .uuid = "" };
    enum outcome out;

    warn_of_server(use);
    out = token_reach(use->all->token, why);
    if (out && !use->prints)
        return out;
    if (!use->prints && !(out = network_write(use, false, why)))
        asker_tell(use->all->errand->asker, "NetworkManager shows certificate %s for %s %s.",
                   use->wanted.name, use->what, use->where);
    if (!use->prints)
        return out;
    if (out)
        asker_tell(use->all->errand->asker, "%s %s", reason_sentence(why->reason), why->text);
    if ((out = fill(&draft, use, why)))
        return out;
    profile_lines(&draft.profile, print_line, (void *)use);
    return OUTCOME_OK;
}
