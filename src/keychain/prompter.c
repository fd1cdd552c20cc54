/* SPDX-License-Identifier: MIT */
#include "keychain/prompter.h"

#include "keychain/deadline.h"

typedef struct {
    SecretService parent;
    enum prompts prompts;
} Prompter;

typedef SecretServiceClass PrompterClass;

G_DEFINE_TYPE(Prompter, prompter, SECRET_TYPE_SERVICE)

static GVariant *checked(SecretService *service, GVariant *answer, GError **error)
{
    if (((Prompter *)service)->prompts == PROMPTS_PERSON)
        (void)deadline(CALLS_MS);
    if (!answer && !*error)
        g_set_error(error, PROMPT_ERROR, 0, "the prompt was dismissed");
    return answer;
}

static gboolean refuse(SecretService *service, GError **error)
{
    enum prompts prompts = ((Prompter *)service)->prompts;

    if (prompts == PROMPTS_PERSON)
        (void)deadline(PROMPT_MS);
    if (prompts != PROMPTS_NONE)
        return FALSE;
    g_set_error(error, PROMPT_ERROR, 0, "the person would be asked");
    return TRUE;
}

static GVariant *prompt_sync(SecretService *service, SecretPrompt *prompt, GCancellable *stop,
                             const GVariantType *type, GError **error)
{
    GError *mine = NULL;
    GVariant *answer = NULL;

    if (!refuse(service, &mine))
        answer = checked(service,
                         SECRET_SERVICE_CLASS(prompter_parent_class)
                             ->prompt_sync(service, prompt, stop, type, &mine),
                         &mine);
    if (mine)
        g_propagate_error(error, mine);
    return answer;
}

static void prompt_async(SecretService *service, SecretPrompt *prompt, const GVariantType *type,
                         GCancellable *stop, GAsyncReadyCallback callback, gpointer data)
{
    GError *mine = NULL;

    if (refuse(service, &mine))
        g_task_report_error(service, callback, data, prompt_async, mine);
    else
        SECRET_SERVICE_CLASS(prompter_parent_class)
            ->prompt_async(service, prompt, type, stop, callback, data);
}

static GVariant *prompt_finish(SecretService *service, GAsyncResult *result, GError **error)
{
    GError *mine = NULL;
    GVariant *answer;

    if (g_async_result_is_tagged(result, prompt_async))
        return g_task_propagate_pointer(G_TASK(result), error);
    answer = checked(
        service, SECRET_SERVICE_CLASS(prompter_parent_class)->prompt_finish(service, result, &mine),
        &mine);
    if (mine)
        g_propagate_error(error, mine);
    return answer;
}

static void prompter_class_init(PrompterClass *class)
{
    class->prompt_sync = prompt_sync;
    class->prompt_async = prompt_async;
    class->prompt_finish = prompt_finish;
}

static void prompter_init(Prompter *prompter)
{
    prompter->prompts = PROMPTS_NONE;
}

enum prompts prompter_allow(SecretService *service, enum prompts prompts)
{
    enum prompts before = ((Prompter *)service)->prompts;

    ((Prompter *)service)->prompts = prompts;
    return before;
}
