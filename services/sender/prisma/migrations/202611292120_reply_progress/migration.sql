-- Whether the POST of a claimed reply may have begun: what a dead owner had only claimed is sent by the next one, what it had begun is ambiguous.
-- True where nobody says otherwise: a release that does not know the column writes nothing before its POST.
alter table reply add column begun boolean not null default true;
-- POSTs that Meta refused unseen: they do not count against the limit of attempts.
alter table reply add column spared smallint not null default 0;
