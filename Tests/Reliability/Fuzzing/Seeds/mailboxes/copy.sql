COPY public.mailbox (username, password, changed) FROM stdin;
post@firma.example	x	2026-11-22 10:15:00+00
info@firma.example	\N	\N
\.
