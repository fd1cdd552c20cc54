/* SPDX-License-Identifier: MIT
 *
 * For keychain.test: a Secret Service that knows no encryption. Prints the name of each call that
 * it gets.
 */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

static const char interface[] =
    "<node><interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
    "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
    "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' "
    "direction='out'/></method>"
    "<property name='Collections' type='ao' access='read'/>"
    "</interface></node>";

static void called(GDBusConnection *bus, const char *sender, const char *path, const char *iface,
                   const char *method, GVariant *arguments, GDBusMethodInvocation *invocation,
                   void *data)
{
    const char *algorithm;

    (void)bus, (void)sender, (void)path, (void)iface, (void)data;
    (void)puts(method);
    (void)fflush(stdout);
    if (!strcmp(method, "SearchItems")) {
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(aoao)", NULL, NULL));
        return;
    }
    if (!strcmp(method, "ReadAlias")) {
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", "/"));
        return;
    }
    g_variant_get(arguments, "(&sv)", &algorithm, NULL);
    if (!strcmp(algorithm, "plain"))
        g_dbus_method_invocation_return_value(
            invocation,
            g_variant_new("(vo)", g_variant_new_string(""), "/org/freedesktop/secrets/session/1"));
    else
        g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
                                              "only plain");
}

static GVariant *get(GDBusConnection *bus, const char *sender, const char *path, const char *iface,
                     const char *property, GError **error, void *data)
{
    (void)bus, (void)sender, (void)path, (void)iface, (void)property, (void)error, (void)data;
    return g_variant_new("ao", NULL);
}

int main(void)
{
    static const GDBusInterfaceVTable calls = { .method_call = called, .get_property = get };
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(interface, NULL);
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);

    if (!node || !bus ||
        !g_dbus_connection_register_object(bus, "/org/freedesktop/secrets", node->interfaces[0],
                                           &calls, NULL, NULL, NULL))
        return 1;
    (void)g_bus_own_name_on_connection(bus, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE,
                                       NULL, NULL, NULL, NULL);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
    return 0;
}
