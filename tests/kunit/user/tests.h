/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the device's test, for main(). */
#ifndef _TESTS_H
#define _TESTS_H

void test_load(void);
void test_errors(void);
void test_sysfs(void);
int log_uevent(void);

#endif /* _TESTS_H */
