/* SPDX-License-Identifier: MIT
 *
 * What a certification authority says to a request, whatever protocol it speaks.
 */
#ifndef CERT_ANSWER_H
#define CERT_ANSWER_H

enum disposition {
    DISPOSITION_ISSUED,  /* and can be fetched, or was */
    DISPOSITION_PENDING, /* somebody must decide */
    DISPOSITION_DENIED,
    DISPOSITION_FAILED, /* that did not work; whether a certificate exists is not known */
};

struct cert_answer {
    enum disposition disposition;
    unsigned request; /* its id, from 1; 0: not told */
    unsigned long
        code;   /* of Windows, 0x80094800 for a template that the CA does not have; 0: none */
    int wait_s; /* until it wants to be asked again; 0: not told */
    char message[512]; /* the CA's own sentence, one clean line in its language; "" if none */
};

#endif
