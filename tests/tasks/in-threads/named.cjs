/** As `double.mjs`, for who writes CommonJS. */
module.exports.run = (value) => 2 * value;
