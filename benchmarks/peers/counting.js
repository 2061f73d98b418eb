// A count in MySQL: one statement adds one and says what the count is now.

"use strict";

const mysql = require("mysql2/promise");

const pool = process.env.PEER_DATABASE_URL && mysql.createPool({ uri: process.env.PEER_DATABASE_URL });

async function count(topic) {
  const [result] = await pool.execute(
    "UPDATE post SET claps = LAST_INSERT_ID(claps + 1) WHERE topic = ?", [topic],
  );
  return result.insertId;
}

// Take a text over HTTP and tell it to everybody: for measuring fan-out alone.
function takeTellings(tell) {
  return (request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      response.end();
      if (request.method === "POST") tell("post:1", Buffer.concat(parts).toString());
    });
  };
}

module.exports = { count, takeTellings };
