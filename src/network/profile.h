/* SPDX-License-Identifier: MIT
 *
 * Connections of NetworkManager (its D-Bus API, org.freedesktop.NetworkManager.Settings) that show
 * a certificate of a token by EAP-TLS: Wi-Fi and wired 802.1X. One is known by its UUID, is for one
 * person alone, and has no PIN: NetworkManager asks the person's agent for that.
 */
#ifndef NETWORK_PROFILE_H
#define NETWORK_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"
#include "base/text.h"

enum { PROFILE_PATH = 256, SSID_MOST = 32, PROFILE_CANON_MOST = 256 << 10 };

/* Borrowed for the call. */
struct profile {
    const char *uuid, *name; /* the name is for people */
    const char *ssid;        /* of Wi-Fi; NULL: wired */
    const char *account;     /* whose it is alone, by the login name */
    const char *login;       /* who it says it is (EAP's identity) */
    const unsigned char *ca; /* DER; the server's certificate must come from it */
    size_t ca_length;
    const char *server; /* what the server's certificate must name; "": any of that CA will do */
    const char *uri, *key_uri; /* of the certificate and of its key (RFC 7512) */
    const char *mark;          /* which certificate it is, kept in the connection */
};

struct nm;

/* Connects to the system bus; limit_ms is that of each call. Those who write may be asked by polkit
 * where somebody can_ask. no-network-manager. */
enum outcome nm_open(int limit_ms, bool can_ask, struct nm **nm, struct why *why);
void nm_close(struct nm **nm);

/* Where that connection is; "": there is none that this person sees. no-network-manager, time-out.
 */
enum outcome profile_find(const struct nm *nm, const char *uuid, char path[PROFILE_PATH],
                          struct why *why);

/* All that we set in it as it is now, as text, so that what was written can be told from what
 * somebody has changed. Of all else, such as addresses and priorities, it says nothing. "": it is
 * gone. The caller's. */
enum outcome profile_canon(const struct nm *nm, const char *path, struct text **canon,
                           struct why *why);

/* Makes it. profile-forbidden: polkit; profile-refused: what NetworkManager says. */
enum outcome profile_add(const struct nm *nm, const struct profile *profile,
                         char path[PROFILE_PATH], struct why *why);

/* Sets anew all that we set in it; all else stays as it is. */
enum outcome profile_change(const struct nm *nm, const char *path, const struct profile *profile,
                            struct why *why);

/* One that is not there any more is fine. */
enum outcome profile_delete(const struct nm *nm, const char *path, struct why *why);

/* The same settings as lines of NetworkManager's own files (nm-settings-keyfile(5)), one after the
 * other. */
void profile_lines(const struct profile *profile, void (*line)(void *data, const char *text),
                   void *data);

#endif
