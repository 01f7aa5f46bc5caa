// SPDX-License-Identifier: GPL-2.0-only
/* For LD_PRELOAD: the second connection that a program makes comes 3 seconds late. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t len)
{
	static int nr;

	if (to.__sockaddr__->sa_family == AF_INET && ++nr == 2)
		sleep(3);
	return syscall(SYS_connect, fd, to.__sockaddr__, len);
}
