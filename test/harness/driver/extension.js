// The extension under development wherever the one under test comes from an installed .vsix. VS Code trusts every
// workspace of a run with extensionTestsPath; so for Restricted Mode this runs the suites and leaves the exit code in a file.
'use strict';
const fs = require('node:fs');

exports.activate = () => {
  const entry = process.env.REPROLENS_TEST_DRIVE;
  if (entry) setTimeout(() => void drive(entry), 0);
};

async function drive(entry) {
  let code = 0;
  try {
    await require(entry).run();
  } catch (error) {
    code = 1;
    console.error(error);
  }
  fs.writeFileSync(process.env.REPROLENS_TEST_DONE, String(code));
}
