#ifndef CPQ_H
#define CPQ_H

// One connection to a PostgreSQL server, by libpq. Everything blocks. Nothing is ever written to standard error. No pointer
// into libpq's memory outlives what it was asked of.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cpq_connection cpq_connection;
typedef struct cpq_result cpq_result;

enum cpq_type { cpq_integer = 20, cpq_text = 25, cpq_bytes = 17, cpq_real = 701, cpq_integers = 1016 };

/// Connects; `settings` are pairs of a keyword and a value, zero-terminated and one after another, of `count` pairs. NULL
/// when there is no memory; otherwise a connection that has failed, or not. The settings are kept nowhere but in libpq.
cpq_connection *cpq_connect(const char *settings, int count);

/// Ends the connection.
void cpq_close(cpq_connection *connection);

/// False once the connection is lost.
bool cpq_is_connected(const cpq_connection *connection);

/// What the connection failed with, of one line and more. Not to be shown where a password may have been given wrongly
/// typed as another setting.
const char *cpq_fault(const cpq_connection *connection);

/// The server's version as 150018; 0 when it is not known.
int cpq_version(const cpq_connection *connection);

/// The server's process for this connection.
int cpq_backend(const cpq_connection *connection);

/// A setting that the server reports by itself, as `server_encoding`; NULL when it does not.
const char *cpq_parameter(const cpq_connection *connection, const char *name);

/// Runs statements without parameters, several at once. Never NULL but without memory.
cpq_result *cpq_execute(cpq_connection *connection, const char *sql);

/// Prepares a statement with so many parameters of these types.
cpq_result *cpq_prepare(cpq_connection *connection, const char *name, const char *sql, const uint32_t *types, int count);

/// Parameters of one statement: `bytes` has their values one after another, each followed by a zero byte. `lengths` has
/// their lengths without it, or -1 for NULL. Bytes are taken as they are, everything else as text.
///
/// At most `cpq_parameters_at_most`.
enum { cpq_parameters_at_most = 24 };

/// Runs a prepared statement. The columns of its rows are binary.
cpq_result *cpq_run(
  cpq_connection *connection, const char *name, const uint8_t *bytes, const int32_t *lengths, const uint32_t *types,
  int count);

/// Between the two, statements are sent without waiting for the results of those before them.
bool cpq_begin_pipeline(cpq_connection *connection);
bool cpq_end_pipeline(cpq_connection *connection);

/// In a pipeline: sends a prepared statement. False when the connection is lost.
bool cpq_send(
  cpq_connection *connection, const char *name, const uint8_t *bytes, const int32_t *lengths, const uint32_t *types,
  int count);

/// In a pipeline: marks its end; `cpq_next` then returns a result for each statement that was sent, in order. False when
/// the connection is lost.
bool cpq_finish(cpq_connection *connection);

/// In a pipeline: the result of the next statement. NULL after the last one, and when the connection is lost.
cpq_result *cpq_next(cpq_connection *connection);

/// True when the statement was carried out.
bool cpq_is_done(const cpq_result *result);

/// True when it was not looked at, because one before it in the pipeline has failed.
bool cpq_was_skipped(const cpq_result *result);

/// The five characters of SQLSTATE; empty when the server did not answer.
const char *cpq_state(const cpq_result *result);

/// The server's words in one line; empty when it did not answer. They may hold values of the statement.
const char *cpq_words(const cpq_result *result);

/// The constraint that was broken; empty when none was.
const char *cpq_constraint(const cpq_result *result);

/// Rows that the statement returned.
int cpq_rows(const cpq_result *result);

/// Rows that the statement changed, or returned.
int64_t cpq_changed(const cpq_result *result);

bool cpq_is_null(const cpq_result *result, int row, int column);

/// The bytes of a value, and their number; valid as long as the result.
const uint8_t *cpq_value(const cpq_result *result, int row, int column, int *length);

void cpq_clear(cpq_result *result);

#endif
