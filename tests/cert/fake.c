/* SPDX-License-Identifier: MIT
 *
 * A module of PKCS#11 that is SoftHSM, but for what $FAKE_TOKEN_DOES says when a session begins, or
 * else the file's own name (WHAT.so): what real tokens do and SoftHSM never does. Each login is a
 * byte in the file that $FAKE_TOKEN_LOGINS names.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static CK_FUNCTION_LIST *real, fake;

static int does(const char *what)
{
    const char *wanted = getenv("FAKE_TOKEN_DOES"), *name;
    size_t length = strlen(what);
    Dl_info info;

    if (wanted)
        return !strcmp(wanted, what);
    name = dladdr(&fake, &info) ? strrchr(info.dli_fname, '/') : NULL;
    return name && !strncmp(name + 1, what, length) && !strcmp(name + 1 + length, ".so");
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    CK_RV code = real->C_GetTokenInfo(slot, info);

    if (does("locked"))
        info->flags |= CKF_USER_PIN_LOCKED;
    if (does("another"))
        info->serialNumber[0] ^= 1;
    if (does("low"))
        info->flags |= CKF_USER_PIN_COUNT_LOW;
    if (does("last-try"))
        info->flags |= CKF_USER_PIN_FINAL_TRY;
    return code;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length)
{
    const char *path = getenv("FAKE_TOKEN_LOGINS");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;

    if (fd >= 0 && write(fd, "L", 1) != 1)
        abort();
    (void)close(fd);
    return real->C_Login(session, user, pin, length);
}

static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_ATTRIBUTE *public,
                      CK_ULONG publics, CK_ATTRIBUTE *private, CK_ULONG privates,
                      CK_OBJECT_HANDLE *first, CK_OBJECT_HANDLE *second)
{
    if (does("full"))
        return CKR_DEVICE_MEMORY;
    if (does("gone"))
        return CKR_DEVICE_REMOVED;
    if (does("cannot-export"))
        for (CK_ULONG i = 0; i < privates; i++)
            if (private[i].type == CKA_EXTRACTABLE && *(CK_BBOOL *)private[i].pValue)
                return CKR_ATTRIBUTE_VALUE_INVALID;
    CK_RV code =
        real->C_GenerateKeyPair(session, how, public, publics, private, privates, first, second);
    if (does("half") && !code) {
        (void)real->C_DestroyObject(session, *second);
        return CKR_DEVICE_ERROR;
    }
    if (does("slow"))
        (void)usleep(500000);
    if (does("stuck"))
        (void)pause();
    return code;
}

static CK_RV read_one(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted,
                      CK_ULONG count)
{
    if (does("reads-no-numbers") && (wanted->type == CKA_MODULUS || wanted->type == CKA_EC_POINT))
        return CKR_FUNCTION_FAILED;
    return real->C_GetAttributeValue(session, object, wanted, count);
}

static CK_RV create(CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count,
                    CK_OBJECT_HANDLE *object)
{
    static int number;

    if (does("full-of-certificates") || (does("full-after-one") && number++))
        return CKR_DEVICE_MEMORY;
    return real->C_CreateObject(session, attributes, count, object);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    void *library = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get;

    if (!library)
        return CKR_GENERAL_ERROR;
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (!get || get(&real))
        return CKR_GENERAL_ERROR;
    fake = *real;
    fake.C_GetFunctionList = C_GetFunctionList;
    fake.C_GetTokenInfo = token_info;
    fake.C_Login = login;
    fake.C_GenerateKeyPair = generate;
    fake.C_CreateObject = create;
    fake.C_GetAttributeValue = read_one;
    *list = &fake;
    return CKR_OK;
}
