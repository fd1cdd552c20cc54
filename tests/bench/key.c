/* SPDX-License-Identifier: MIT
 *
 * key LABEL: in the token of that name, whose PIN is at standard input, makes P-256 keys, signs
 * with one and removes them. Prints on standard error how many ms the calls took for a key that is
 * made in the token, for one that is made in the session and copied, and for a signature.
 */
#include <p11-kit/p11-kit.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static CK_FUNCTION_LIST *module;
static CK_SESSION_HANDLE session;

static double now(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int open_token(const char *label, char *pin, size_t length)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    CK_TOKEN_INFO info;

    if (!(module = p11_kit_module_load(MODULE, 0)) || p11_kit_module_initialize(module) ||
        module->C_GetSlotList(CK_TRUE, slots, &count))
        return 1;
    for (CK_ULONG i = 0; i < count; i++)
        if (!module->C_GetTokenInfo(slots[i], &info) && !memcmp(info.label, label, strlen(label)))
            return module->C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                         &session) ||
                   module->C_Login(session, CKU_USER, (unsigned char *)pin, length);
    return 1;
}

static int make(CK_BBOOL in_token, CK_OBJECT_HANDLE pair[2])
{
    static unsigned char p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public[] = { { CKA_TOKEN, &in_token, 1 },
                              { CKA_VERIFY, &yes, 1 },
                              { CKA_EC_PARAMS, p256, sizeof p256 } };
    CK_ATTRIBUTE private[] = { { CKA_TOKEN, &in_token, 1 },
                               { CKA_PRIVATE, &yes, 1 },
                               { CKA_SENSITIVE, &yes, 1 },
                               { CKA_EXTRACTABLE, &no, 1 },
                               { CKA_SIGN, &yes, 1 } };

    return module->C_GenerateKeyPair(session, &mechanism, public, 3, private, 5, &pair[0],
                                     &pair[1]) != CKR_OK;
}

static int copy(CK_OBJECT_HANDLE pair[2])
{
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE there = { CKA_TOKEN, &yes, 1 };
    CK_OBJECT_HANDLE old;

    for (int i = 0; i < 2; i++) {
        old = pair[i];
        if (module->C_CopyObject(session, old, &there, 1, &pair[i]) ||
            module->C_DestroyObject(session, old))
            return 1;
    }
    return 0;
}

static int end(const CK_OBJECT_HANDLE pair[2])
{
    return module->C_DestroyObject(session, pair[0]) || module->C_DestroyObject(session, pair[1]);
}

static int sign(CK_OBJECT_HANDLE private)
{
    unsigned char digest[32] = { 1 }, signature[64];
    CK_ULONG length = sizeof signature;
    CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };

    return module->C_SignInit(session, &mechanism, private) ||
           module->C_Sign(session, digest, sizeof digest, signature, &length);
}

int main(int count, char **words)
{
    char pin[256];
    ssize_t length = read(STDIN_FILENO, pin, sizeof pin);
    CK_OBJECT_HANDLE pair[2];
    double at[5];

    if (count != 2 || length <= 0 || open_token(words[1], pin, (size_t)length))
        return 2;
    at[0] = now();
    if (make(CK_TRUE, pair))
        return 1;
    at[1] = now();
    if (end(pair))
        return 1;
    at[2] = now();
    if (make(CK_FALSE, pair) || copy(pair))
        return 1;
    at[3] = now();
    if (sign(pair[1]))
        return 1;
    at[4] = now();
    (void)fprintf(stderr, "%.3f %.3f %.3f\n", at[1] - at[0], at[3] - at[2], at[4] - at[3]);
    return end(pair);
}
