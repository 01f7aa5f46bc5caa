/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two halves of the device's test share: TAP, the module, its fake host. */
#ifndef _DEVICE_H
#define _DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/cpulevel.h>

/* One result; the rest, like printf(), says what was found if it is bad. */
__attribute__((format(printf, 3, 4)))
void check(bool good, const char *name, const char *found, ...);

/* Load the module over the fake host @fake; 0 or the errno. */
int load(const char *fake);
void unload(void);
/* Another host below the loaded module; it learns of it by REFRESH. */
void set_fake(const char *fake);
/* The next allocation but @n - 1 fails; true afterwards if it came to that. */
void fail_allocation(int n);
bool allocation_failed(void);

/* The ioctl on a newly opened device: 0 or the errno. */
int call(unsigned int cmd, void *arg);
struct cpulevel_info get_info(void);
int refresh(void);

void fuzz(unsigned int seed, unsigned int count);

#endif /* _DEVICE_H */
