import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'console/dist/',
      'node_modules/',
      'coverage/',
      'data/',
      '**/*.js',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Counts, tags and byte sizes are put into messages all the time; numbers are safe there.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Indexes into typed arrays are checked by the surrounding loop bounds on hot paths.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // tsconfig's noPropertyAccessFromIndexSignature wants brackets for index signatures.
      '@typescript-eslint/dot-notation': 'off',
      // `while (true)` with an explicit exit states a state machine's loop most plainly.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Destructuring with a rest leaves properties out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    // Sets and parameters that no page depends on need not be watched.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    // Types in components are checked by svelte-check, which knows them.
    files: ['**/*.svelte'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { parser: tseslint.parser, projectService: false, program: null, project: null },
    },
  },
);
