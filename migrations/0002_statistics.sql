-- SQLite chooses an index by how many rows it expects behind it. Left alone it believes that an account has ten of
-- everything, and walks a whole account where a digest, a record or a folder is given. These are the figures of a large
-- installation: rows in the index, then rows that share its first column, its first two, and so on. They are written here
-- once instead of being measured, so that a statement has the same plan on every installation, which the census holds.
-- PostgreSQL measures for itself. The first line makes the table of figures, the last one takes them into use.
{sqlite} ANALYZE sqlite_schema;
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('counter', 'sqlite_autoindex_counter_1', '1000 3 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('account_user', 'sqlite_autoindex_account_user_1', '10000 1000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('token', 'token_account', '1000 100 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('folder', 'sqlite_autoindex_folder_1', '100000 50000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('folder', 'folder_id', '100000 50000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('folder', 'folder_name', '100000 50000 20 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('folder', 'folder_parent', '100000 50000 20');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('folder', 'folder_created', '100000 50000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'sqlite_autoindex_blob_1', '1000000 500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'blob_content', '1000000 500000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'blob_volume', '500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob', 'blob_dying', '10 10');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('blob_small', 'sqlite_autoindex_blob_small_1', '500000 250000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'sqlite_autoindex_file_1', '1000000 500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_id', '1000000 500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_name', '1000000 500000 10 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_folder_created', '1000000 500000 100 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_folder_no', '1000000 500000 100 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_created', '1000000 500000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_updated', '1000000 500000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_key', '1000000 500000 10');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_trash', '10000 5000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('file', 'file_expiry', '10000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('version', 'sqlite_autoindex_version_1', '1000000 500000 2 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('version', 'version_blob', '1000000 500000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('link', 'sqlite_autoindex_link_1', '1000000 500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('link', 'link_record', '1000000 500000 100000 10 2 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('link', 'link_file', '1000000 500000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('share', 'sqlite_autoindex_share_1', '10000 5000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('share', 'share_file', '10000 5000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('share', 'share_created', '10000 5000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('event', 'sqlite_autoindex_event_1', '1000000 500000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('task', 'task_due', '100 50 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('task', 'task_dedup', '100 10 10 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('task', 'task_result', '10000 5000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('task', 'task_ended', '10000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('once', 'sqlite_autoindex_once_1', '10000 5000 1');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('once', 'once_expiry', '10000 2');
{sqlite} INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('once', 'once_effect', '10000 5000 2');
{sqlite} ANALYZE sqlite_schema;
