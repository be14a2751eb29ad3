#!/usr/bin/env node
// Built by `npm run build`; kept apart from it so that npm finds something to link before there is a build.
import '../dist/main.js';
