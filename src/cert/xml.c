/* SPDX-License-Identifier: MIT */
#include "cert/xml.h"

#include <ctype.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

enum { NUMBER_MOST = 16 };

struct xml {
    xmlDocPtr document;
};

/* Why it was given up. */
struct reading {
    bool has_doctype, is_deep;
};

/* Before anything of it is read. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *public,
                       const xmlChar *system)
{
    xmlParserCtxtPtr parser = context;
    struct reading *reading = parser->_private;

    (void)name, (void)public, (void)system;
    reading->has_doctype = true;
    xmlStopParser(parser);
}

static void on_element(void *context, const xmlChar *name, const xmlChar *prefix,
                       const xmlChar *space, int spaces, const xmlChar **all_spaces, int attributes,
                       int defaulted, const xmlChar **all_attributes)
{
    xmlParserCtxtPtr parser = context;
    struct reading *reading = parser->_private;

    if (parser->nodeNr >= XML_DEPTH) {
        reading->is_deep = true;
        xmlStopParser(parser);
        return;
    }
    xmlSAX2StartElementNs(context, name, prefix, space, spaces, all_spaces, attributes, defaulted,
                          all_attributes);
}

/* What the document says of its encoding is not believed: others would load code. */
static xmlDocPtr parse(xmlParserCtxtPtr parser, const char *bytes, size_t length)
{
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;

    parser->sax->internalSubset = on_doctype;
    parser->sax->startElementNs = on_element;
    xmlDocPtr document =
        xmlCtxtReadMemory(parser, bytes, (int)length, "answer.xml", "UTF-8", options);
    if (document && parser->wellFormed)
        return document;
    xmlFreeDoc(document);
    return NULL;
}

enum outcome xml_read(const char *bytes, size_t length, struct xml **xml, struct why *why)
{
    struct reading reading = { .has_doctype = false };

    *xml = NULL;
    if (!length || length > XML_MOST)
        return fail(why, REASON_BAD_ANSWER, "XML of %zu bytes", length);
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    struct xml *made = calloc(1, sizeof *made);
    if (parser && made) {
        parser->_private = &reading;
        made->document = parse(parser, bytes, length);
    }
    bool has_memory = parser && made && parser->errNo != XML_ERR_NO_MEMORY;
    int line = parser && parser->input ? parser->input->line : 0;
    xmlFreeParserCtxt(parser);
    if (made && made->document && !reading.has_doctype && !reading.is_deep) {
        *xml = made;
        return OUTCOME_OK;
    }
    xml_free(&made);
    if (reading.has_doctype)
        return fail(why, REASON_BAD_ANSWER, "the XML has a DOCTYPE, which SOAP forbids");
    if (reading.is_deep)
        return fail(why, REASON_BAD_ANSWER, "the XML is deeper than %d elements", XML_DEPTH);
    return has_memory ? fail(why, REASON_BAD_ANSWER, "that is no XML, by line %d", line)
                      : fail_memory(why);
}

void xml_free(struct xml **xml)
{
    if (*xml)
        xmlFreeDoc((*xml)->document);
    free(*xml);
    *xml = NULL;
}

static bool is_named(const xml_node *node, const char *space, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns && node->ns->href &&
           !strcmp((const char *)node->ns->href, space) && !strcmp((const char *)node->name, name);
}

static const xml_node *find(const xml_node *node, const char *space, const char *name)
{
    while (node && !is_named(node, space, name))
        node = node->next;
    return node;
}

const xml_node *xml_root(const struct xml *xml, const char *space, const char *name)
{
    return find(xmlDocGetRootElement(xml->document), space, name);
}

const xml_node *xml_child(const xml_node *node, const char *space, const char *name)
{
    return node ? find(node->children, space, name) : NULL;
}

const xml_node *xml_next(const xml_node *node, const char *space, const char *name)
{
    return find(node->next, space, name);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The text between the blanks around it; content is the caller's. */
static const char *trimmed(char *content)
{
    size_t length = content ? strlen(content) : 0;

    while (length && is_blank(content[length - 1]))
        content[--length] = '\0';
    while (content && is_blank(*content))
        content++;
    return content ? content : "";
}

bool xml_text(const xml_node *node, char *text, size_t size)
{
    char *content = node ? (char *)xmlNodeGetContent(node) : NULL;

    (void)snprintf(text, size, "%s", trimmed(content));
    xmlFree(content);
    for (char *at = text; *at; at++)
        if (is_blank(*at))
            *at = ' ';
    text_clean(text);
    return *text;
}

/* Takes content over. */
static bool take_word(char *content, char *text, size_t size)
{
    const char *word = trimmed(content);
    size_t length = strlen(word);
    bool fits = content && length && length < size && text_is_clean(word, length);

    (void)snprintf(text, size, "%s", fits ? word : "");
    xmlFree(content);
    return fits;
}

bool xml_word(const xml_node *node, char *text, size_t size)
{
    return take_word(node ? (char *)xmlNodeGetContent(node) : NULL, text, size);
}

bool xml_attribute(const xml_node *node, const char *name, char *text, size_t size)
{
    return take_word((char *)xmlGetNoNsProp(node, (const xmlChar *)name), text, size);
}

static bool take_number(const xml_node *node, long long least, long long most, long long *number)
{
    char text[NUMBER_MOST];

    if (!xml_word(node, text, sizeof text))
        return false;
    const char *digits = text + (*text == '-' && least < 0);
    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return false;
    *number = strtoll(text, NULL, 10);
    return *number >= least && *number <= most;
}

bool xml_number(const xml_node *node, unsigned *number)
{
    long long value = 0;

    if (!take_number(node, 0, UINT_MAX, &value))
        return false;
    *number = (unsigned)value;
    return true;
}

bool xml_signed(const xml_node *node, int *number)
{
    long long value = 0;

    if (!take_number(node, INT_MIN, INT_MAX, &value))
        return false;
    *number = (int)value;
    return true;
}

bool xml_is_true(const xml_node *node)
{
    char text[NUMBER_MOST];

    return xml_word(node, text, sizeof text) && (!strcmp(text, "true") || !strcmp(text, "1"));
}

enum outcome xml_base64(const xml_node *node, gnutls_datum_t *bytes, struct why *why)
{
    char *content = node ? (char *)xmlNodeGetContent(node) : NULL;
    size_t length = 0, size = 0;

    *bytes = (gnutls_datum_t){ .data = NULL };
    for (const char *at = content; at && *at; at++)
        if (!is_blank(*at))
            content[length++] = *at;
    if (content)
        bytes->data = gnutls_malloc(length + 1);
    if (!bytes->data) {
        xmlFree(content);
        return content ? fail_memory(why) : fail(why, REASON_BAD_ANSWER, "there is no base64");
    }
    bool good = base64_decode(content, length, bytes->data, &size) && size;
    xmlFree(content);
    bytes->size = (unsigned)size;
    if (good)
        return OUTCOME_OK;
    gnutls_free(bytes->data);
    return fail(why, REASON_BAD_ANSWER, "that is no base64");
}
