-- One message at an operator's word: which request it came from, so that the same request again is the same message.
alter table reply add column request_digest text not null default '';
