/* SPDX-License-Identifier: MIT
 *
 * Within cert: one message of SOAP 1.2 with WS-Addressing 1.0, and the answer to it. A user name
 * and a password go in its header (WS-Security 1.0, UsernameToken).
 */
#ifndef CERT_SOAP_H
#define CERT_SOAP_H

#include "base/secret.h"
#include "cert/xml.h"

#define SOAP_TYPE "application/soap+xml"
#define SOAP_WSSE                                                                                  \
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
#define SOAP_WSU                                                                                   \
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

enum { SOAP_ID = 48 };

/* What struct soap_request takes; the caller's. bad-name, bad-password: XML cannot say that. */
enum outcome soap_login(const char *user, const struct secret *password, struct secret **login,
                        struct why *why);

/* All is borrowed. */
struct soap_request {
    const char *action, *to;
    const struct secret *login; /* or NULL */
    const char *body;           /* XML; the prefix xsi is known there */
};

/* The whole of it, the caller's, with an id of its own. */
enum outcome soap_write(const struct soap_request *request, char id[SOAP_ID],
                        struct secret **message, struct why *why);

/* Plain data, but for what the XML owns. */
struct soap_fault {
    bool is_there;
    bool is_ours;  /* the message is to blame: it was not acted upon */
    bool is_login; /* whoever asks is not let in */
    char text[512];
    const xml_node *detail; /* or NULL */
};

/* What is in the body of an answer to the message with that id, or the fault. bad-answer: it is no
 * SOAP, or answers another message. */
enum outcome soap_read(const struct xml *xml, const char *id, const xml_node **body,
                       struct soap_fault *fault, struct why *why);

#endif
