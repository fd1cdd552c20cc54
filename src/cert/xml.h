/* SPDX-License-Identifier: MIT
 *
 * Within cert: XML of a server, as a tree that is borrowed until xml_free. Without a DOCTYPE, so
 * there are no entities but the five of XML itself, and nothing is fetched; UTF-8 alone.
 */
#ifndef CERT_XML_H
#define CERT_XML_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"

enum { XML_MOST = 1 << 20, XML_DEPTH = 32 };

struct xml;
typedef struct _xmlNode xml_node;

/* bad-answer: longer than XML_MOST, deeper than XML_DEPTH, a DOCTYPE, or not well-formed. */
enum outcome xml_read(const char *bytes, size_t length, struct xml **xml, struct why *why);
void xml_free(struct xml **xml);
#define xml_auto __attribute__((cleanup(xml_free))) struct xml

/* Elements of that namespace and name, or NULL: the outermost one, the first in another one (of
 * NULL there is none), and the next one behind it. */
const xml_node *xml_root(const struct xml *xml, const char *space, const char *name);
const xml_node *xml_child(const xml_node *node, const char *space, const char *name);
const xml_node *xml_next(const xml_node *node, const char *space, const char *name);

/* Its text as one clean line, without blanks around, cut to size. False, and "", if it is empty,
 * or not there. */
bool xml_text(const xml_node *node, char *text, size_t size);

/* Its text, or its attribute without a namespace, whole; false if that does not fit. */
bool xml_word(const xml_node *node, char *text, size_t size);
bool xml_attribute(const xml_node *node, const char *name, char *text, size_t size);

/* xs:unsignedInt, xs:int, xs:boolean; false if it is none. */
bool xml_number(const xml_node *node, unsigned *number);
bool xml_signed(const xml_node *node, int *number);
bool xml_is_true(const xml_node *node);

/* What base64 it holds, blanks and line breaks passed over; gnutls_free. bad-answer. */
enum outcome xml_base64(const xml_node *node, gnutls_datum_t *bytes, struct why *why);

#endif
