/* SPDX-License-Identifier: MIT */
#include "directory/sid.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SID_HEAD = 8, SID_PARTS = 15 };

static const struct {
    const char *sid, *name;
} well_known[] = {
    { "S-1-1-0", "Everyone" },
    { "S-1-2-0", "Local" },
    { "S-1-2-1", "Console Logon" },
    { "S-1-5-2", "Network" },
    { "S-1-5-3", "Batch" },
    { "S-1-5-4", "Interactive" },
    { "S-1-5-6", "Service" },
    { "S-1-5-7", "Anonymous Logon" },
    { "S-1-5-9", "Enterprise Domain Controllers" },
    { "S-1-5-10", "Self" },
    { "S-1-5-11", "Authenticated Users" },
    { "S-1-5-13", "Terminal Server User" },
    { "S-1-5-14", "Remote Interactive Logon" },
    { "S-1-5-15", "This Organization" },
    { "S-1-5-18", "Local System" },
    { "S-1-5-64-10", "NTLM Authentication" },
    { "S-1-5-64-21", "Digest Authentication" },
    { "S-1-5-65-1", "This Organization Certificate" },
    { "S-1-5-1000", "Other Organization" },
    { "S-1-18-1", "Authentication authority asserted identity" },
    { "S-1-18-2", "Service asserted identity" },
    { "S-1-18-3", "Fresh public key identity" },
};

bool sid_text(const void *bytes, size_t length, char text[SID_TEXT])
{
    const unsigned char *sid = bytes;
    uint64_t authority = 0;

    if (length < SID_HEAD || sid[0] != 1 || sid[1] > SID_PARTS || length != SID_HEAD + 4U * sid[1])
        return false;
    for (int i = 2; i < SID_HEAD; i++)
        authority = authority << 8 | sid[i];
    /* MS-DTYP 2.4.2.1: hexadecimal from 2^32 on. */
    int n = snprintf(text, SID_TEXT, authority >> 32 ? "S-1-0x%012llx" : "S-1-%llu",
                     (unsigned long long)authority);
    for (int i = 0; i < sid[1]; i++) {
        const unsigned char *part = sid + SID_HEAD + 4 * i;
        uint32_t value =
            part[0] | (uint32_t)part[1] << 8 | (uint32_t)part[2] << 16 | (uint32_t)part[3] << 24;
        n += snprintf(text + n, SID_TEXT - (size_t)n, "-%u", value);
    }
    return true;
}

bool guid_text(const void *bytes, size_t length, char text[GUID_TEXT])
{
    /* Three little-endian fields, then bytes as they are. */
    static const unsigned char order[GUID_BYTES] = { 3, 2, 1,  0,  5,  4,  7,  6,
                                                     8, 9, 10, 11, 12, 13, 14, 15 };
    const unsigned char *guid = bytes;
    int n = 0;

    if (length != GUID_BYTES)
        return false;
    for (int i = 0; i < GUID_BYTES; i++)
        n += snprintf(text + n, GUID_TEXT - (size_t)n, "%s%02x",
                      i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", guid[order[i]]);
    return true;
}

const char *sid_well_known(const char *text)
{
    for (size_t i = 0; i < sizeof well_known / sizeof *well_known; i++)
        if (!strcmp(well_known[i].sid, text))
            return well_known[i].name;
    return NULL;
}
