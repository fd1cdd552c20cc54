# SPDX-License-Identifier: MIT
"""A template of python-dbusmock: a NetworkManager that has no connections, and takes none."""
BUS_NAME = "org.freedesktop.NetworkManager"
MAIN_OBJ = "/org/freedesktop/NetworkManager/Settings"
MAIN_IFACE = "org.freedesktop.NetworkManager.Settings"
SYSTEM_BUS = True


def load(mock, parameters):
    def fail(name):
        return f"raise dbus.exceptions.DBusException('so it is told to', name='{name}')"

    mock.AddMethods(MAIN_IFACE, [
        ("GetConnectionByUuid", "s", "o", fail(MAIN_IFACE + ".InvalidConnection")),
        ("AddConnection2", "a{sa{sv}}ua{sv}", "oa{sv}", fail(parameters["error"])),
    ])
