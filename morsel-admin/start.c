// SPDX-License-Identifier: GPL-2.0-or-later
/* The entry point, apart from main.c so that tests can link the rest. */
#include <locale.h>
#include "admin.h"

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	return admin_main(argc, argv);
}
