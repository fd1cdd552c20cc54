/* SPDX-License-Identifier: MIT
 *
 * The settings as the files give them: the administrator's folder (chatelaine.conf, then conf.d),
 * then the person's own file for what a person may set. A file with an error anywhere is refused
 * with its name, the line and what was expected; nothing of it is used.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"
#include "conf/settings.h"

#define CONF_FILE             "chatelaine.conf"
#define CONF_DEFAULT_IDENTITY "default" /* what [identity] without a name is */

struct conf;

/* Reads all files. Either folder may be NULL or absent. The administrator's files must belong to
 * root or the person who runs this, the person's to the person, and others may not write them. */
enum outcome conf_load(const char *admin_folder, const char *person_folder, struct conf **conf,
                       struct why *why);
void conf_free(struct conf **conf);
#define conf_auto __attribute__((cleanup(conf_free))) struct conf

/* $XDG_CONFIG_HOME/chatelaine or ~/.config/chatelaine; false if neither is known or it is long. */
bool conf_person_folder(char *path, size_t size);

/* Reads one file's text as the administrator's or the person's; for the loader, chatelaine settings
 * check and fuzzing. The name is for messages. */
enum outcome conf_read(struct conf *conf, const char *name, const char *text, size_t length,
                       enum setting_who who, struct why *why);
struct conf *conf_new(void);

/* SETTINGS if something that belongs together is not all there. */
enum outcome conf_complete(const struct conf *conf, struct why *why);

/* The value for an identity or, of settings of shares and certificates, for one of these; else the
 * default. Borrowed from conf. */
const char *conf_text(const struct conf *conf, const char *name, enum setting setting);
bool conf_flag(const struct conf *conf, const char *name, enum setting setting);
int64_t conf_seconds(const struct conf *conf, const char *name, enum setting setting);

/* Is it an identity of a provider that is asked by HTTPS? */
bool conf_is_web(const struct conf *conf, const char *identity);

/* Does it sign in to Active Directory with a certificate? */
bool conf_by_certificate(const struct conf *conf, const char *identity);

/* Who it is in Active Directory: itself, or the identity beside it at a provider, if it has one. */
const char *conf_in_directory(const struct conf *conf, const char *identity);

/* "file:line" or "default". */
const char *conf_origin(const struct conf *conf, const char *name, enum setting setting);

/* The identities that the files name, the default one first: NULL at the end. */
const char *conf_identity(const struct conf *conf, size_t number);

/* The same of the shares and the certificates, in the order of the files. */
enum { CERTIFICATES_MOST = 128 };
const char *conf_share(const struct conf *conf, size_t number);
const char *conf_certificate(const struct conf *conf, size_t number);

/* The certificates for one identity, those of an identity at a provider for whom it has beside it.
 */
const char *conf_certificate_for(const struct conf *conf, const char *identity, size_t number);

#endif
