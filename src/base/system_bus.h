/* SPDX-License-Identifier: MIT
 *
 * Where the system's message bus is.
 */
#ifndef BASE_SYSTEM_BUS_H
#define BASE_SYSTEM_BUS_H

/* The address, for D-Bus. Local sockets only: other kinds of address start a program or cross a
 * network. */
const char *system_bus_address(void);

#endif
