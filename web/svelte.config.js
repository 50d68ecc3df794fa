// How is Svelte compiled? With runes everywhere, so that what changes is visible in the code.
export default { compilerOptions: { runes: true } };
