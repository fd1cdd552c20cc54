/* SPDX-License-Identifier: MIT */
#include "keychain/prompter.h"

#include <stdbool.h>

#include "keychain/deadline.h"

typedef struct {
    SecretService parent;
    enum prompts prompts;
} Prompter;

typedef SecretServiceClass PrompterClass;

G_DEFINE_TYPE(Prompter, prompter, SECRET_TYPE_SERVICE)

/* True, and an error, if there may be none. */
static bool refuse(SecretService *service, GError **error)
{
    enum prompts prompts = ((Prompter *)service)->prompts;

    if (prompts == PROMPTS_PERSON)
        (void)deadline(PROMPT_MS);
    if (prompts != PROMPTS_NONE)
        return false;
    g_set_error(error, PROMPT_ERROR, 0, "the person would be asked");
    return true;
}

/* libsecret takes a dismissed prompt for an answer that is empty, and waits for ever where it has
 * to hand that on. */
static GVariant *checked(SecretService *service, GVariant *answer, GError **error)
{
    if (((Prompter *)service)->prompts == PROMPTS_PERSON)
        (void)deadline(CALLS_MS);
    if (!answer && !*error)
        g_set_error(error, PROMPT_ERROR, 0, "the prompt was dismissed");
    return answer;
}

static GVariant *prompt_sync(SecretService *service, SecretPrompt *prompt, GCancellable *stop,
                             const GVariantType *type, GError **error)
{
    GError *mine = NULL;
    GVariant *answer = NULL;

    if (!refuse(service, &mine))
        answer =
            checked(service, secret_prompt_perform_sync(prompt, NULL, stop, type, &mine), &mine);
    if (mine)
        g_propagate_error(error, mine);
    return answer;
}

static void on_performed(GObject *prompt, GAsyncResult *result, gpointer data)
{
    GTask *task = data;
    GError *error = NULL;
    GVariant *answer =
        checked(g_task_get_source_object(task),
                secret_prompt_perform_finish(SECRET_PROMPT(prompt), result, &error), &error);

    if (answer)
        g_task_return_pointer(task, answer, (GDestroyNotify)g_variant_unref);
    else
        g_task_return_error(task, error);
    g_object_unref(task);
}

static gboolean on_stop(GCancellable *stop, gpointer task)
{
    GError *error = NULL;

    (void)g_cancellable_set_error_if_cancelled(stop, &error);
    g_task_return_error(task, error);
    return G_SOURCE_REMOVE;
}

/* At the end of the time the prompt is left alone, and goes with our connection: gnome-keyring 42
 * ends by an assertion when it is told to dismiss one that is shown. */
static void prompt_async(SecretService *service, SecretPrompt *prompt, const GVariantType *type,
                         GCancellable *stop, GAsyncReadyCallback callback, gpointer data)
{
    GTask *task = g_task_new(service, NULL, callback, data);
    GSource *watch = g_cancellable_source_new(stop);
    GError *error = NULL;

    if (refuse(service, &error)) {
        g_task_return_error(task, error);
        g_object_unref(task);
    } else {
        g_task_attach_source(task, watch, G_SOURCE_FUNC(on_stop));
        secret_prompt_perform(prompt, NULL, type, NULL, on_performed, task);
    }
    g_source_unref(watch);
}

static GVariant *prompt_finish(SecretService *service, GAsyncResult *result, GError **error)
{
    (void)service;
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* libsecret would fetch all properties of the service, and hear its signals. */
static GObject *constructor(GType type, guint count, GObjectConstructParam *given)
{
    GObject *made = G_OBJECT_CLASS(prompter_parent_class)->constructor(type, count, given);

    g_object_set(made, "g-flags",
                 G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
                     G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS |
                     G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                 NULL);
    return made;
}

static void prompter_class_init(PrompterClass *class)
{
    G_OBJECT_CLASS(class)->constructor = constructor;
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
