// mocha's own terminal output, and the record of it in $REPROLENS_TEST_REPORT.
'use strict';
const path = require('node:path');
const { reporters } = require(path.join(__dirname, '../../node_modules/mocha'));
const { record } = require('./record.cjs');

module.exports = class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.REPROLENS_TEST_REPORT;
    if (file) record(runner, file);
  }
};
