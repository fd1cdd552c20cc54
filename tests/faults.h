/* SPDX-License-Identifier: MIT
 *
 * Calls that are made to fail: the linker sends ours (--wrap) through here, those of libraries not.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum faults_of { FAULTS_MEMORY = 1, FAULTS_SEND = 2, FAULTS_RECV = 4 };

/* The call of this kind with that number, from 1 on, fails, once. */
void faults_begin(enum faults_of of, long number);

/* True if it has failed by now. */
bool faults_end(void);

/* Runs it with the 1st, 2nd, 3rd ... call failing, until a run passes untouched. The function says
 * whether it succeeded: it must, untouched, and may not, without a sign of failure, otherwise.
 * Gives how many calls were made to fail. */
long faults_everywhere(enum faults_of of, bool (*function)(void *), void *data);

/* See what is about to be unmapped or freed. */
extern void (*faults_munmap)(const void *address, size_t length);
extern void (*faults_free)(const void *memory);

#endif
