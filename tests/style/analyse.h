/* SPDX-License-Identifier: MIT
 *
 * What clang's analyser cannot see in another file: whoever fails does not answer OK.
 */
#include "base/outcome.h"
#if __has_include(<krb5.h>)
#include "kerberos/error.h"
#endif

#define fail(...)        ((void)fail(__VA_ARGS__), OUTCOME_BROKEN)
#define fail_in(...)     ((void)fail_in(__VA_ARGS__), OUTCOME_BROKEN)
#define fail_memory(why) ((void)fail_memory(why), OUTCOME_BROKEN)
#define error_fail(...)  ((void)error_fail(__VA_ARGS__), OUTCOME_BROKEN)
